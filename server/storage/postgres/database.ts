import { type ClientConfig, Pool, type PoolConfig, type QueryConfig, types } from "pg";

/** A statement that each connection plans once, however often it is sent; the name has to be its own. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/** Sends one statement and gives its rows; 64-bit integers come as bigint. */
export type Query = <Row = Record<string, unknown>>(
  statement: string | PreparedStatement,
  values?: readonly unknown[],
) => Promise<Row[]>;

/** A PostgreSQL database: a small pool whose every wait has an end. */
export interface Database {
  readonly query: Query;
  /** Runs `work` in one transaction; when it throws, nothing has happened. A lost connection may have committed. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const connectTimeoutMs = 2000;
/** Above PostgreSQL's own timeouts, for a server that is silent altogether. */
const answerTimeoutMs = 6000;

const int8 = 20;
const exactTypes: NonNullable<ClientConfig["types"]> = {
  getTypeParser: (oid, format) =>
    oid === int8 && format !== "binary"
      ? (text: string) => BigInt(text)
      : types.getTypeParser(oid, format as "text"),
} as NonNullable<ClientConfig["types"]>;

/** How every connection is made; TLS is as the URL says (`sslmode`, `sslrootcert`). */
export function connectionTo(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: "axonflow-gateway",
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: answerTimeoutMs,
    statement_timeout: 5000,
    lock_timeout: 3000,
    // A gateway that freezes in the middle of a transaction must not hold the others up.
    idle_in_transaction_session_timeout: 3000,
    keepAlive: true,
    types: exactTypes,
  };
}

/** A pool of so many connections at most. It opens nothing yet: they come with the first statement. */
export function createDatabase(
  url: string,
  connections: number,
  other: Pick<PoolConfig, "statement_timeout" | "query_timeout" | "verify"> = {},
): Database {
  const pool = new Pool({
    ...connectionTo(url),
    max: connections,
    idleTimeoutMillis: 30_000,
    ...other,
  });
  // An idle connection that breaks is replaced by the next statement.
  pool.on("error", () => {});
  return {
    async query<Row>(statement: string | PreparedStatement, values: readonly unknown[] = []) {
      const { rows } = await pool.query(sent(statement, values));
      return rows as Row[];
    },
    async transaction(work) {
      const client = await pool.connect();
      // Between two statements a connection can break with nobody waiting for it; the next statement then says so.
      const onError = () => {};
      client.on("error", onError);
      let failure: unknown;
      try {
        await client.query("BEGIN");
        const outcome = await work(
          async <Row>(statement: string | PreparedStatement, values: readonly unknown[] = []) => {
            const { rows } = await client.query(sent(statement, values));
            return rows as Row[];
          },
        );
        await client.query("COMMIT");
        return outcome;
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        client.off("error", onError);
        // A connection whose transaction failed is closed, which also rolls back.
        client.release(failure !== undefined);
      }
    },
    close: () => pool.end(),
  };
}

function sent(statement: string | PreparedStatement, values: readonly unknown[]): QueryConfig {
  const named = typeof statement === "string" ? { text: statement } : statement;
  return { ...named, values: [...values] };
}
