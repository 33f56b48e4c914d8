import { type Command, InvalidArgumentError } from "commander";
import { AuditDecision, AuditEntryKind } from "../sdk/node.ts";
import { type AdminOptions, addConnectionAndTimeout } from "./admin-options.ts";
import { exitCodesHelp } from "./exit-codes.ts";
import { UsageError } from "./usage-error.ts";
import { readMoment } from "./usage-options.ts";

/** The options of every command that reads the log through a gateway. */
export interface AuditOptions extends AdminOptions {
  readonly json?: boolean;
}

const whoMay = `
The licence key must be one that the gateway's AXONFLOW_AUDIT_READERS or AXONFLOW_ADMIN_KEYS names. That the log was read,
by whom and what of it, is an entry of the log too. Times are UTC.`;

/** Adds them to a command, and the words about who may. */
export function addAuditOptions(command: Command, who = whoMay): Command {
  return addConnectionAndTimeout(command).addHelpText("after", who + exitCodesHelp);
}

/** Reads `--since` and `--until`. A time without a zone is UTC, so that the times of a list can be given back. */
export function readAuditMoment(nowMs: number): (text: string) => number {
  const read = readMoment(nowMs);
  return (text) => read(text.replace(withoutZone, "$<day>T$<time>Z"));
}

const withoutZone = /^(?<day>\d{4}-\d\d-\d\d)[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/;

/** Throws a UsageError for a time that ends before it begins. */
export function checkRange({ since, until }: AuditRange, nowMs = Date.now()): void {
  if (since === undefined || since < (until ?? nowMs)) return;
  throw new UsageError(
    `--since has to be before --until${until === undefined ? ", which is now if not given" : ""}.`,
  );
}

/** What `--since` and `--until` said, in milliseconds since 1970. */
export interface AuditRange {
  readonly since?: number;
  readonly until?: number;
}

/** A word for each value of an enum: `copy-intent` for COPY_INTENT. */
function wordsOf<Value extends number>(values: Readonly<Record<string, string | Value>>) {
  return new Map(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === "number" && value !== 0
        ? [[name.toLowerCase().replace("_", "-"), value] as const]
        : [],
    ),
  );
}

const kinds = wordsOf<AuditEntryKind>(AuditEntryKind);
const decisions = wordsOf<AuditDecision>(AuditDecision);

/** Collects `--kind`; `all` stands for each of them. */
export function readKind(text: string, before: readonly AuditEntryKind[] = []): AuditEntryKind[] {
  return text === "all" ? [...kinds.values()] : [...before, readWord(kinds, text, ", all")];
}

/** Collects `--decision`. */
export function readDecision(
  text: string,
  before: readonly AuditDecision[] = [],
): readonly AuditDecision[] {
  return [...before, readWord(decisions, text)];
}

function readWord<Value>(words: ReadonlyMap<string, Value>, text: string, more = ""): Value {
  const value = words.get(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError(`Take one of ${[...words.keys()].join(", ")}${more}.`);
}

/** The word for a kind of entry. */
export function kindWord(kind: AuditEntryKind): string {
  return wordFor(kinds, kind);
}

/** The word for a decision; empty where there is none. */
export function decisionWord(decision: AuditDecision): string {
  return decision === AuditDecision.UNSPECIFIED ? "" : wordFor(decisions, decision);
}

function wordFor<Value>(words: ReadonlyMap<string, Value>, wanted: Value): string {
  for (const [word, value] of words) if (value === wanted) return word;
  return "unknown";
}
