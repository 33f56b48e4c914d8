import { invalid } from "./validation.ts";

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** How many bytes a base64 text stands for; broken base64 is refused with the words given. */
export function base64Bytes(text: unknown, refusal: string): number {
  const isSound = typeof text === "string" && text.length % 4 === 0 && base64.test(text);
  if (!isSound || text === "") throw invalid(refusal);
  return Buffer.byteLength(text, "base64");
}
