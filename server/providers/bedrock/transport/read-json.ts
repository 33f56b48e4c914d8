import { malformed } from "../../codec-parts/malformed.ts";

/** JSON that the provider sent. The parser's own message quotes what it could not read, so it goes nowhere. */
export function readJson(text: string, providerRequestId?: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed("The provider's answer is not JSON.", { providerRequestId });
  }
}
