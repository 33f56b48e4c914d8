import type { Attestation, Check } from "./check.ts";

/** What can be stated: nothing that could be asked of AWS everywhere. */
const attestable = ["baa"];

/** Reads statements such as `baa=2026-01-31:jane`; throws an Error that says what is wrong. */
export function readAttestations(texts: readonly string[]): ReadonlyMap<string, Attestation> {
  return new Map(texts.map(readAttestation));
}

function readAttestation(text: string): readonly [check: string, Attestation] {
  const [, check = "", on = "", by = ""] =
    /^([a-z-]+)=(\d{4}-\d{2}-\d{2}):(.{1,100})$/.exec(text) ?? [];
  if (!attestable.includes(check) || Number.isNaN(Date.parse(on))) {
    throw new Error(
      `--attest takes what, when and who, as in baa=2026-01-31:jane, not ${text}. What can be stated: ${attestable.join(", ")}.`,
    );
  }
  return [check, { on, by }];
}

/** The checks that were asked for, by their ids; all of them when nothing was. Throws an Error for an id that there is not. */
export function chosenChecks(checks: readonly Check[], ids: string | undefined): readonly Check[] {
  if (ids === undefined) return checks;
  const wanted = ids.split(",").map((id) => id.trim());
  const known = [...new Set(checks.map(({ id }) => id))];
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new Error(
      `--only: there is no check ${unknown.join(", ")}. There are: ${known.join(", ")}.`,
    );
  }
  return checks.filter(({ id }) => wanted.includes(id));
}
