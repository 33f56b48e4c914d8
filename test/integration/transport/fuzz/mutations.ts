import type { Chance } from "./chance.ts";

/** Bytes that were right once, with a few changes of the kinds that damage, attackers and bad encoders make. */
export function mutateBytes(chance: Chance, valid: Buffer): Buffer {
  let bytes = valid;
  for (let change = chance.below(4); change >= 0; change -= 1) bytes = changeOnce(chance, bytes);
  return bytes;
}

function changeOnce(chance: Chance, bytes: Buffer): Buffer {
  const at = chance.below(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (chance.below(7)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, chance.bytes(1 + chance.below(8)), after]);
    case 2:
      return Buffer.concat([before, after.subarray(1 + chance.below(8))]);
    case 3:
      return Buffer.concat([before, chance.of(extremes), after]);
    case 4:
      return Buffer.concat([before, bytes, after]);
    case 5:
      return Buffer.concat([before, chance.of(extremes), after.subarray(8)]);
    default: {
      const changed = Buffer.from(bytes);
      const flipped = (changed[at] ?? 0) ^ (1 << chance.below(8));
      if (at < changed.length) changed[at] = flipped;
      return changed;
    }
  }
}

/** Numbers at the ends of their ranges, in the encodings that Protobuf has, and texts that are none. */
const extremes = [
  "ff".repeat(8),
  "80".repeat(10),
  "ffffffffffffffffff01",
  "ffffffff0f",
  "00".repeat(8),
  "7fffffff",
  "c080",
  "eda080",
  "0b".repeat(200),
  "0a00".repeat(50),
].map((hex) => Buffer.from(hex, "hex"));

/** JSON that was right once, with values in places where they do not belong; sometimes it is no JSON any more. */
export function mutateJson(chance: Chance, valid: unknown): Buffer {
  if (chance.oneIn(3)) return mutateBytes(chance, Buffer.from(JSON.stringify(valid)));
  return Buffer.from(JSON.stringify(mutateValue(chance, valid)) ?? "");
}

function mutateValue(chance: Chance, value: unknown): unknown {
  if (chance.oneIn(4)) return chance.of(strangers)();
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) =>
      chance.oneIn(2) ? mutateValue(chance, item) : item,
    );
    return chance.oneIn(4) ? [...items, ...items] : items;
  }
  if (typeof value !== "object" || value === null) return chance.of(strangers)();
  const entries = Object.entries(value).map(([name, member]) => [
    chance.oneIn(8) ? chance.of(names) : name,
    chance.oneIn(2) ? mutateValue(chance, member) : member,
  ]);
  if (chance.oneIn(6)) entries.push([chance.of(names), chance.of(strangers)()]);
  return Object.fromEntries(entries);
}

const names = [
  "",
  "__proto__",
  "constructor",
  "prompt",
  "messages",
  "stream",
  "x".repeat(5000),
  "\ud800",
];

const strangers: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 1e308,
  () => 2 ** 53,
  () => "",
  () => "\ud800 \u0000 \uffff",
  () => "9".repeat(400),
  () => [],
  () => ({}),
  () => [[[[[[[[null]]]]]]]],
  () => ({ text: { text: { text: {} } } }),
  () => nested(2000),
  () => "A".repeat(100_000),
];

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level += 1)
    value = level % 2 === 0 ? [value] : { messages: value };
  return value;
}
