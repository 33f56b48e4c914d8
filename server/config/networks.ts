import { isIP } from "node:net";
import { describedBy, list, type ReadText } from "./setting.ts";

/** Networks separated by commas: `10.0.0.0/8`, or a single address. Each comes out with its length. */
export const readNetworks: ReadText<readonly string[]> = describedBy(
  { type: "string", pattern: "^[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?$" },
  (text) => list(text).map(readNetwork),
);

function readNetwork(word: string): string {
  const { address = "", length } =
    /^(?<address>[^/]+)(?:\/(?<length>\d{1,3}))?$/.exec(word)?.groups ?? {};
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const bits = Number(length ?? longest);
  if (longest >= 0 && bits <= longest) return `${address}/${bits}`;
  throw new Error("must be networks such as 10.0.0.0/8, or addresses, separated by commas");
}
