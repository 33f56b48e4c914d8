import type { Schema } from "@cfworker/json-schema";

/** One question to the worker: is this schema usable, and, with a text, does the text fit it? */
export interface SchemaJob {
  readonly id: number;
  readonly schema: Schema;
  /** Absent: only the schema itself is looked at. */
  readonly text?: string | undefined;
}

/** What the worker found. */
export interface SchemaVerdict {
  readonly id: number;
  readonly outcome: SchemaOutcome;
}

/** `unusable`: the schema itself is wrong. It stays with the words that say where, which hold nothing of an answer. */
export type SchemaOutcome =
  | { readonly kind: "fits" }
  | { readonly kind: "mismatch" }
  | { readonly kind: "unusable"; readonly where: string };
