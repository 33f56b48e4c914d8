import { createHmac } from "node:crypto";
import type { Call } from "../../core/call.ts";
import type { TokenMint } from "../../core/screened-call.ts";

/** The tokens of one call and the values that they stand for. It lives and dies with the call, and nothing prints it. */
export interface Pseudonyms extends TokenMint {
  /** Undefined for what was not minted here. */
  valueOf(token: string): string | undefined;
  readonly isEmpty: boolean;
}

/** How many values one call may have tokens for. More than 4 MiB of e-mail addresses hold. */
const mostTokens = 1_000_000;

/** Sixteen letters, one for four bits. No vowels, so that no tag is a word, and no digits, so that none is a number. */
const letters = "bcdfghjkmnpqrstv";

/** Eight letters are 32 bits; a tag that is taken already is made longer until it is not. */
const shortestTag = 8;

/**
 * Begins with none. `tagOf` is the whole tag of a value, 64 letters; the token has as many of them as tell it from those
 * that are there, so the same values in the same order always get the same tokens.
 */
export function createPseudonyms(tagOf: (entity: string, value: string) => string): Pseudonyms {
  const values = new Map<string, string>();
  const tokens = new Map<string, string>();
  const mint = (entity: string, value: string): string => {
    if (values.size >= mostTokens) throw new Error("a call has too many pseudonyms");
    const tag = tagOf(entity, value);
    for (let length = shortestTag; ; length += 4) {
      const token = `⟦${entity}:${tag.slice(0, length)}⟧`;
      if (!values.has(token) || length >= tag.length) return token;
    }
  };
  return {
    tokenFor(entity, value) {
      const name = `${entity}\n${value}`;
      const known = tokens.get(name);
      if (known !== undefined) return known;
      const token = mint(entity, value);
      tokens.set(name, token);
      values.set(token, value);
      return token;
    },
    valueOf: (token) => values.get(token),
    get isEmpty() {
      return values.size === 0;
    },
  };
}

/** What a call's tokens are kept apart by. */
export type TokenScope = Pick<Call, "id" | "principal" | "repeat"> & {
  readonly request: { readonly conversationId: string };
};

/**
 * The tags of a call: keyed by the process's secret, and by whose conversation it is. So a conversation's calls have the
 * same tokens, repetitions of a request too, and nobody else's have.
 */
export function tagsOf(
  secret: Uint8Array,
  call: TokenScope,
): (entity: string, value: string) => string {
  const { tenant = "", name } = call.principal;
  const key = hmac(secret, JSON.stringify([tenant, name, ...conversationOf(call)]));
  return (entity, value) => {
    const digest = hmac(key, `${entity}\n${value}`).toString("hex");
    return digest.replace(/./g, (digit) => letters.charAt(Number.parseInt(digit, 16)));
  };
}

function conversationOf({
  id,
  request,
  repeat,
}: TokenScope): readonly [kind: string, name: string] {
  if (request.conversationId !== "") return ["conversation", request.conversationId];
  return repeat ? ["repeat", repeat.key] : ["call", id];
}

/** UTF-16, because UTF-8 has one and the same form for all halves of surrogate pairs. */
function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf16le").digest();
}
