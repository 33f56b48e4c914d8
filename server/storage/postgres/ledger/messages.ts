import type { Query } from "../database.ts";

/** The channel on which gateways tell each other about accounts. */
export const ledgerChannel = "axonflow_ledger";

/** What gateways tell each other: `recall` asks for what lies idle, `room` says that it has been given back. */
export interface Message {
  readonly kind: "recall" | "room";
  readonly key: string;
  /** Who says so. */
  readonly session: string;
}

/** PostgreSQL refuses notifications of 8,000 bytes; whoever misses a message finds out by polling. */
const longestBytes = 7900;

/** Tells the others when the transaction commits. */
export async function announce(query: Query, messages: readonly Message[]): Promise<void> {
  const texts = messages
    .map((message) => JSON.stringify(message))
    .filter((text) => Buffer.byteLength(text) < longestBytes);
  if (texts.length === 0) return;
  await query("SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text", [ledgerChannel, texts]);
}

/** Reads a message; undefined for what nobody of this version has sent. */
export function parseMessage(text: string): Message | undefined {
  try {
    const { kind, key, session } = JSON.parse(text) as Partial<Message>;
    const isKnown = kind === "recall" || kind === "room";
    return isKnown && key !== undefined && session !== undefined
      ? { kind, key, session }
      : undefined;
  } catch {
    return undefined;
  }
}
