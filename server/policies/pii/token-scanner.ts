import type { Finding, Scanner } from "./scan.ts";

/**
 * Finds the tokens of one call. `isMinted` says which there are; whatever else stands in such brackets is no token of
 * ours and passes.
 */
export function createTokenScanner(isMinted: (token: string) => boolean): Scanner {
  return {
    contextLength: 0,
    scan(text, from = 0) {
      const findings: Finding[] = [];
      for (let start = text.indexOf("⟦", from); start >= 0; start = text.indexOf("⟦", start + 1)) {
        wholeToken.lastIndex = start;
        const token = wholeToken.exec(text)?.[0];
        if (!token || !isMinted(token)) continue;
        findings.push({ entity: "TOKEN", start, end: start + token.length });
      }
      return findings;
    },
    settledBefore(text) {
      const last = text.lastIndexOf("⟦");
      if (last < 0 || last < text.length - longestToken) return wholeUnits(text);
      return beginning.test(text.slice(last)) ? last : wholeUnits(text);
    },
  };
}

/** The form of a token. Letters only behind the colon, so that nobody finds a number in it. */
const wholeToken = /⟦[A-Z][A-Z0-9_]{0,63}:[a-z]{1,64}⟧/y;
const beginning = /^⟦(?:[A-Z][A-Z0-9_]{0,63}(?::[a-z]{0,64})?)?$/;
const longestToken = 131;

/** What a text that only looks like a token is called; its own token brings it back as it was. */
export const literalEntity = "TEXT";

/** Everything in a text that looks like a token, whoever wrote it: of any letters and digits, so that none is overlooked. */
export function tokenLikes(text: string): readonly Finding[] {
  if (!text.includes("⟦")) return [];
  return [...text.matchAll(/⟦[A-Z][A-Z0-9_]{0,63}:[a-z0-9]{1,64}⟧/g)].map(
    ({ 0: found, index }) => ({
      entity: literalEntity,
      start: index,
      end: index + found.length,
    }),
  );
}

/** Its length, without half a surrogate pair at its end. */
function wholeUnits(text: string): number {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? text.length - 1 : text.length;
}
