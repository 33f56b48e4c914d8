/**
 * The text of a document whose media type says that it is one. UTF-16 is read as such, and what is no Unicode at all as
 * Windows-1252, so that no encoding hides what stands in it.
 */
export function documentText(content: Uint8Array): string {
  return new TextDecoder(encodingOf(content)).decode(content);
}

function encodingOf(content: Uint8Array): string {
  const [first, second] = content;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const sample = content.subarray(0, 1024);
  const zerosAt = (parity: number) =>
    sample.filter((byte, at) => byte === 0 && at % 2 === parity).length;
  const [even, odd] = [zerosAt(0), zerosAt(1)];
  if (Math.max(even, odd) > sample.length / 8) return odd >= even ? "utf-16le" : "utf-16be";
  return isUtf8(content) ? "utf-8" : "windows-1252";
}

function isUtf8(content: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}
