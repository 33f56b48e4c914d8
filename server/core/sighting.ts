import type { Call } from "./call.ts";
import type { PiiAction } from "./policy.ts";

/** On which way a text is. */
export type Way = "request" | "response";

/** That personal data was found, never what. */
export interface Sighting {
  readonly entity: string;
  readonly direction: Way;
  readonly action: PiiAction;
  /** How many of this entity were found on this way of the call by now. */
  readonly count: number;
}

/** Told of everything that is found, at once, so that it is known however the call ends. */
export type OnSighting = (call: Pick<Call, "context">, sighting: Sighting) => void;
