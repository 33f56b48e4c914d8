/** What may be written down of what happens in a gateway. */
export type AuditEntryKind =
  | "intent"
  | "outcome"
  | "copy-intent"
  | "copy-outcome"
  | "change"
  | "read";

/** An entry that is to be written. */
export interface AuditEntry {
  readonly kind: AuditEntryKind;
  /** The UUID of the request that it is about; empty where there is none. */
  readonly requestId: string;
  /** Whose data it is: it is encrypted with a key of this tenant's own. Empty: the gateway's. */
  readonly tenant: string;
  /** What there is to say, for JSON. No raw personal data, and no secret. */
  readonly content: object;
  /**
   * SHA-256 of texts, each under its name, of which a keyed HMAC is written down: whoever has a text can be shown that it was
   * this one, and nobody else can guess it.
   */
  readonly hmacOf?: Readonly<Record<string, Buffer>> | undefined;
}

/** `performance` lets calls go on while their records are still on their way to the disk. */
export type AuditMode = "compliance" | "performance";

/** How the log is doing. */
export interface AuditState {
  readonly mode: AuditMode | "off";
  /** Whether it cannot be written just now: calls are refused. */
  readonly isFailing: boolean;
  /** Records that are not durable yet. */
  readonly waiting: number;
}

/** Where everything that a gateway does is on record. */
export interface AuditLog {
  readonly state: AuditState;
  /**
   * To be awaited before what it says is done: resolves when it is durable, in performance mode at once. Rejects with
   * AUDIT_UNAVAILABLE, and then it must not be done.
   */
  intend(entry: AuditEntry): Promise<void>;
  /**
   * What has happened is written in any case, as long as the process lives. Resolves when it is durable, in performance
   * mode at once; rejects with AUDIT_UNAVAILABLE when that takes too long.
   */
  record(entry: AuditEntry): Promise<void>;
  /** What is good to know and no promise is made of: written when there is room for it. */
  note(entry: AuditEntry): void;
}

/** No log is kept: everything may be done. */
export const noAuditLog: AuditLog = {
  state: { mode: "off", isFailing: false, waiting: 0 },
  intend: () => Promise.resolve(),
  record: () => Promise.resolve(),
  note() {},
};
