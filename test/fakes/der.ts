/** The few forms of DER (ITU-T X.690) that a certificate is made of. */

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  const { length } = bytes;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), bytes]);
  const digits = Buffer.from([length >> 8, length & 0xff]);
  const size = length < 0x100 ? digits.subarray(1) : digits;
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, bytes]);
}

export const sequence = (...parts: readonly Buffer[]) => tagged(0x30, ...parts);
export const set = (...parts: readonly Buffer[]) => tagged(0x31, ...parts);
export const integer = (bytes: Buffer) => tagged(0x02, bytes);
export const octets = (bytes: Buffer) => tagged(0x04, bytes);
export const utf8 = (text: string) => tagged(0x0c, Buffer.from(text));
export const bits = (bytes: Buffer) => tagged(0x03, Buffer.from([0]), bytes);
export const contextTag = (number: number, inner: Buffer) => tagged(0xa0 | number, inner);

/** `1.2.840…`: the first two numbers in one byte, the others in groups of seven bits. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = rest.flatMap((number) => {
    const groups = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

/** GeneralizedTime, to the second. */
export function time(epochMs: number): Buffer {
  const text = new Date(epochMs).toISOString().replace(/[-:T]|\.\d+/g, "");
  return tagged(0x18, Buffer.from(text));
}
