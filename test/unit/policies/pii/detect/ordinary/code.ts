import type { Random } from "./random.ts";

/** A line of a program, a style sheet, a query, a manifest or a shell. */
export function codeLine(random: Random): string {
  return random.pick(forms)(random);
}

type Form = (random: Random) => string;

const forms: readonly [Form, ...Form[]] = [
  () => "@Injectable()",
  (random) =>
    `@Column({ length: ${random.digits(3)}, default: ${random.digits(4)} }) ${name(random)}!: string;`,
  (random) => `@app.route("/${name(random)}/<int:id>", methods=["GET"])`,
  (random) =>
    `  @Override public long ${name(random)}() { return ${random.digits(18).replace(/^./, "1")}L; }`,
  (random) =>
    `@media (min-width: ${random.digits(3)}px) { .${name(random)} { margin: 0 ${random.int(1, 99)}px; color: #${random.hex(6)} } }`,
  (random) =>
    `  <button @click.prevent="${name(random)}" :key="${random.digits(4)}">Call ${name(random)}</button>`,
  (random) =>
    `  return this@${name(random)}.${name(random)}(${random.digits(3)}, ${random.digits(3)}, ${random.digits(4)})`,
  (random) => `const ${name(random)} = ${random.digits(random.int(1, 11))};`,
  (random) =>
    `const ${name(random)} = 0x${random.hex(random.int(4, 16))}n; // ${random.digits(3)}-${random.digits(3)}`,
  (random) =>
    `const ${name(random)} = [${Array.from({ length: 12 }, () => random.int(0, 65_535)).join(", ")}];`,
  (random) => `const ${name(random)} = ${random.decimal(-1, 1, 17)} * 1e${random.int(-30, 30)};`,
  (random) =>
    `if (${name(random)} > ${random.digits(3)} && ${name(random)} <= ${random.digits(4)}) call(${name(random)}, "${random.uuid()}");`,
  (random) =>
    `npm i left-pad@${version(random)} @scope/${name(random)}@^${version(random)} ${name(random)}@latest`,
  (random) => `go install example.com/${name(random)}@v${version(random)}`,
  (random) =>
    `    "${name(random)}": "${random.pick(["^", "~", ">=", ""])}${version(random)}-rc.${random.int(1, 9)}",`,
  (random) => `      "integrity": "sha512-${base64(random, 86)}==",`,
  (random) =>
    `  resolved: registry/${name(random)}/-/${name(random)}-${version(random)}.tgz#${random.hex(40)}`,
  (random) =>
    `git clone git@git.example:${name(random)}/${name(random)}.git && git checkout ${random.hex(7)}`,
  (random) =>
    `@@ -${random.digits(3)},${random.int(1, 99)} +${random.digits(3)},${random.int(1, 99)} @@ function ${name(random)}() {`,
  (random) => `index ${random.hex(7)}..${random.hex(7)} 100644`,
  (random) =>
    `${random.hex(40)} ${name(random)}: raise the limit from ${random.digits(4)} to ${random.digits(5)} (#${random.digits(4)})`,
  (random) =>
    `SELECT ${name(random)}, count(*) FROM ${name(random)} WHERE id BETWEEN ${random.digits(9)} AND ${random.digits(9)} LIMIT ${random.digits(3)};`,
  (random) => `GRANT ALL ON ${name(random)}.* TO 'app'@'localhost'; -- ${random.digits(4)}`,
  (random) =>
    `INSERT INTO ${name(random)} VALUES (${random.digits(5)}, '${random.uuid()}', ${random.decimal(0, 999, 2)}, NULL);`,
  (random) => `FROM node@sha256:${random.hex(64)} AS ${name(random)}`,
  (random) => `  - uses: actions/checkout@v${random.int(1, 6)} # ${random.hex(40)}`,
  (random) => `  image: registry.example/${name(random)}:${version(random)}-${random.digits(8)}`,
  (random) => `data:image/png;base64,${base64(random, 120)}`,
  (random) =>
    `${random.digits(7).padStart(8, "0")}: ${Array.from({ length: 8 }, () => random.hex(4)).join(" ")}  ................`,
  (random) =>
    `M${random.decimal(0, 99, 2)} ${random.decimal(0, 99, 2)}c-${random.decimal(0, 9, 3)}-${random.decimal(0, 9, 3)} ${random.int(1, 900)}-${random.int(1, 900)}z`,
  (random) => `/^[a-z0-9]{${random.int(1, 9)},${random.int(10, 99)}}@[^@]+$/.test(${name(random)})`,
  (random) => `echo "$USER@$HOST" | sed 's/@/ at /' > /tmp/${name(random)}.${random.digits(5)}`,
  (random) =>
    `background: url(icon@${random.int(2, 3)}x.png) ${random.int(0, 99)}% / ${random.digits(3)}px;`,
  (random) => `  ${name(random)}: uint64 = ${random.int(1, 99)}; // since ${version(random)}`,
  (random) =>
    `assert ${name(random)}(${random.digits(3)}) == ${random.digits(6)}, f"{user}@{host}"`,
  (random) => `result = a@b + ${random.decimal(0, 9, 8)} * x@y`,
  (random) =>
    `PATH=/opt/${name(random)}-${version(random)}/bin:$PATH PORT=${random.digits(4)} make -j${random.int(2, 64)}`,
];

/** Words that begin or end like those that speak of personal data, but do not. */
const parts = [
  "order",
  "grant",
  "telemetry",
  "callback",
  "context",
  "discard",
  "cardinal",
  "socialize",
  "mobility",
  "phonetic",
  "excel",
  "error",
  "textarea",
  "numeric",
] as const;

function name(random: Random): string {
  const second = random.pick(parts);
  return `${random.pick(parts)}${random.pick(["_", ""])}${second[0]?.toUpperCase()}${second.slice(1)}`;
}

function version(random: Random): string {
  return `${random.int(0, 30)}.${random.int(0, 99)}.${random.int(0, 999)}`;
}

function base64(random: Random, length: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return Array.from({ length }, () => alphabet[random.int(0, 63)]).join("");
}
