import type { Random } from "./random.ts";

/** A line of nothing but figures: tables, prices, epochs, UUIDs, hashes. */
export function figuresLine(random: Random): string {
  return random.pick(forms)(random);
}

type Form = (random: Random) => string;

const forms: readonly [Form, ...Form[]] = [
  (random) => random.uuid(),
  (random) => `${random.uuid()}, ${random.uuid().toUpperCase()}`,
  (random) => random.hex(32),
  (random) => random.hex(40),
  (random) => `sha256:${random.hex(64)}`,
  (random) => `md5 ${random.hex(32).toUpperCase()}`,
  (random) => `crc32 ${random.hex(8)} ${random.hex(8)}`,
  (random) => String(random.int(1_000_000_000, 1_999_999_999)),
  (random) => `${random.int(1_000_000_000, 1_999_999_999)}${random.digits(3)}`,
  (random) => `${random.int(1_000_000_000, 1_999_999_999)}${random.digits(6)}`,
  (random) => `${random.int(1_000_000_000, 1_999_999_999)}.${random.digits(6)}`,
  (random) =>
    `$${random.int(1, 999)}.${random.digits(2)} $${random.int(1, 999)},${random.digits(3)}.${random.digits(2)}`,
  (random) => `€ ${random.int(1, 999)}.${random.digits(3)},${random.digits(2)}`,
  (random) =>
    `USD ${random.decimal(0, 99_999, 2)} / EUR ${random.decimal(0, 99_999, 2)} / JPY ${random.digits(6)}`,
  (random) => Array.from({ length: 9 }, () => random.digits(random.int(1, 6))).join(","),
  (random) => Array.from({ length: 9 }, () => random.digits(random.int(1, 6))).join("\t"),
  (random) => Array.from({ length: 9 }, () => random.digits(random.int(1, 3))).join(" "),
  (random) => Array.from({ length: 6 }, () => random.digits(4).padStart(8)).join(" "),
  (random) => Array.from({ length: 6 }, () => random.decimal(-999, 999, 4)).join(" "),
  (random) => Array.from({ length: 5 }, () => random.decimal(0, 1, 16)).join(";"),
  (random) => `| ${Array.from({ length: 6 }, () => random.digits(random.int(1, 9))).join(" | ")} |`,
  (random) => `${random.digits(3)}-${random.digits(3)}, ${random.digits(4)}-${random.digits(4)}`,
  (random) => `${random.digits(3)} × ${random.digits(3)} × ${random.digits(4)} mm`,
  (random) => `${random.digits(2)}:${random.digits(2)}:${random.digits(2)}.${random.digits(6)}`,
  (random) => `${random.digits(9)} ${random.digits(10)} ${random.digits(11)}`,
  (random) => `#${random.digits(10)}`,
  (random) =>
    `v${random.int(1, 99)}.${random.int(0, 999)}.${random.int(0, 9999)}.${random.int(0, 9999)}`,
  (random) =>
    `${random.int(1, 255)}.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(0, 255)}/${random.int(8, 32)}`,
  (random) => `1Z${random.digits(3)}AA${random.digits(10)}`,
  (random) =>
    `ISBN ${random.int(0, 9)}-${random.digits(3)}-${random.digits(5)}-${random.int(0, 9)}`,
  (random) => `${random.decimal(-90, 90, 6)},${random.decimal(-180, 180, 6)}`,
  (random) => `0x${random.hex(40)}`,
  (random) =>
    `${random.digits(3)}e${random.int(-300, 300)} ${random.decimal(1, 9, 15)}e+${random.int(10, 99)}`,
  (random) =>
    `+${random.digits(2)}.${random.digits(1)} % (-${random.digits(3)}; +${random.digits(4)})`,
  (random) => `1${random.digits(18)}`,
];
