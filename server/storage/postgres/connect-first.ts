import { DatabaseError } from "pg";
import type { Clock } from "../../core/clock.ts";
import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { PostgresRefused } from "./postgres-refused.ts";

/**
 * Brings the schema up to date at the start. A database that is only starting is waited for; one that refuses is not. Error
 * messages name host and database, never the password.
 */
export async function connectFirst(options: {
  readonly database: Database;
  readonly url: string;
  readonly withinMs: number;
  readonly clock: Clock;
  /** In place of bringing the schema up to date. */
  readonly prepare?: (database: Database) => Promise<void>;
}): Promise<void> {
  const { database, url, withinMs, clock, prepare = migrate } = options;
  const where = placeOf(url);
  const stopMs = clock.now() + withinMs;
  for (;;) {
    try {
      return await prepare(database);
    } catch (error) {
      if (error instanceof PostgresRefused) throw new PostgresRefused(`${where} ${error.message}`);
      const advice = adviceFor(error);
      if (advice !== undefined) throw new PostgresRefused(`${where} ${advice}`, error);
      if (clock.now() >= stopMs) {
        throw new PostgresRefused(`${where} ${whyNotNow(error)}`, error);
      }
      await new Promise<void>((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** `25006` is a standby, or one that was told to refuse what writes. */
function whyNotNow(error: unknown): string {
  const code = codeOf(error);
  return code === "25006"
    ? "only reads: it is a standby, or was told so. Promote it, or mend the URL."
    : `does not answer (${code}). Start it, or mend the URL.`;
}

/** Host, port and database of a URL, and nothing secret; the problem that the text is no such URL. */
function placeOf(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new PostgresRefused(
      "The database's URL is no URL. Write postgres://user:password@host:5432/database, with special characters escaped.",
    );
  }
  if (!["postgres:", "postgresql:"].includes(parsed.protocol)) {
    throw new PostgresRefused("The database's URL has to begin with postgres:// or postgresql://.");
  }
  const host = parsed.searchParams.get("host") ?? (parsed.host || "localhost");
  return `The database ${parsed.pathname.slice(1) || "(none named)"} at ${host}`;
}

/** What only a change can mend, by SQLSTATE (PostgreSQL, appendix A); undefined for what passes by itself. */
function adviceFor(error: unknown): string | undefined {
  switch (error instanceof DatabaseError ? error.code : codeOf(error)) {
    case "28P01":
    case "28000":
      return "refuses the user or the password. Mend the URL, or the user's rights to connect.";
    case "3D000":
      return "does not exist. Create it, or mend the URL.";
    case "42501":
      return "does not let this user create the schema axonflow. Grant it CREATE on the database, or create the schema for it.";
    case "ENOTFOUND":
      return "is not there: its host has no address. Mend the URL.";
    default:
      return tlsAdviceFor(error);
  }
}

function tlsAdviceFor(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : "";
  if (/does not support SSL/i.test(message)) {
    return "does not speak TLS, which the URL's sslmode asks for.";
  }
  if (/certificate|self.signed/i.test(`${codeOf(error)} ${message}`)) {
    return `shows a certificate that is not trusted (${codeOf(error)}). Name the authority by sslrootcert in the URL.`;
  }
  return undefined;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "no answer in time";
}
