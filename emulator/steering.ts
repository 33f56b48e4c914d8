import type { FaultRule } from "./fault-rule.ts";
import type { Journal } from "./journal.ts";
import type { Pacing } from "./pacing.ts";

/** What can be changed and read while an emulator runs, in the same process or from another. */
export interface Steering {
  readonly journal: Journal;
  readonly faults: readonly FaultRule[];
  readonly pacing: Pacing;
  /** Replaces all rules, and their counts start again; throws on a rule with a mistake. */
  setFaults(rules: readonly FaultRule[]): void;
  addFault(rule: FaultRule): void;
  clearFaults(): void;
  /** Replaces the pacing for calls that come from now on. */
  setPacing(pacing: Pacing): void;
  /** Lets one paused call, or all of them, go on; gives how many there were. */
  release(callId?: string): number;
}
