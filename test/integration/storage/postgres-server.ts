import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { postgresBinaries } from "./postgres-binaries.ts";

/** A real PostgreSQL on loopback that a test starts, stops and kills; its files are gone after `close`. */
export interface PostgresServer {
  readonly port: number;
  /** Makes an empty database and gives its URL: what one test does does not show in another. */
  createDatabase(): Promise<string>;
  /** Ends it, as an administrator does (`stop`) or as a crash does (`kill`). Clients lose their connections. */
  stop(how?: "stop" | "kill"): Promise<void>;
  /** Starts it again on the same port and files; resolves when it answers. */
  start(): Promise<void>;
  /**
   * Makes another server that follows this one, as a hot standby; from then on this one answers a commit when the other has
   * it, too. Its own `createDatabase` and `standby` fail.
   */
  standby(): Promise<PostgresStandby>;
  close(): Promise<void>;
}

/** A server that follows another one, until it is promoted. */
export interface PostgresStandby extends PostgresServer {
  /** Resolves when it takes writes. */
  promote(): Promise<void>;
}

const user = "axonflow";
/** Made up; it guards a database on loopback that lives as long as a test. */
const password = "made-up-for-tests";

const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  // What a killed process wrote is safe in the kernel's memory; only a power cut needs fsync.
  fsync: "off",
  full_page_writes: "off",
  log_min_messages: "fatal",
};

/** Where a server's files are, and whose. */
interface Place {
  readonly folder: string;
  readonly files: string;
  readonly binaries: string;
  readonly owner: Owner | undefined;
  readonly warden: ChildProcess;
}

/** Starts one, in about two seconds. Close it in `after`; it also ends and is removed when the test process dies. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const place = makePlace();
  const { folder, files, binaries, owner } = place;
  writeFileSync(join(folder, "password"), password);
  const init = ["-D", files, "-U", user, "-A", "scram-sha-256", "-E", "UTF8", "--no-sync"];
  execFileSync(
    join(binaries, "initdb"),
    [...init, "--no-locale", "--pwfile", join(folder, "password")],
    { stdio: ["ignore", "ignore", "inherit"], cwd: folder, ...owner },
  );
  return startOn(place);
}

function makePlace(): Place {
  const binaries = postgresBinaries();
  const owner = ownerOfFiles();
  const folder = mkdtempSync(join(tmpdir(), "axonflow-postgres-"));
  const files = join(folder, "files");
  const warden = startWarden(folder, join(files, "postmaster.pid"));
  mkdirSync(files, { mode: 0o700 });
  if (owner !== undefined)
    for (const path of [folder, files]) chownSync(path, owner.uid, owner.gid);
  return { folder, files, binaries, owner, warden };
}

async function startOn({ folder, files, binaries, owner, warden }: Place): Promise<PostgresServer> {
  const port = await freePort();
  const url = (database: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  let running: ChildProcess | undefined;
  let databases = 0;
  const start = async () => {
    const flags = Object.entries({ ...settings, port }).flatMap(([k, v]) => ["-c", `${k}=${v}`]);
    running = spawn(join(binaries, "postgres"), ["-D", files, ...flags], {
      stdio: ["ignore", "ignore", "pipe"],
      cwd: folder,
      ...owner,
    });
    let said = "";
    running.stderr?.on("data", (chunk) => {
      said = `${said}${chunk}`.slice(-2000);
    });
    await untilItAnswers(url("postgres"), running).catch((error) => {
      throw new Error(`PostgreSQL did not start: ${said}`, { cause: error });
    });
  };
  const stop = async (how: "stop" | "kill" = "stop") => {
    const child = running;
    running = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, "exit");
    // SIGINT rolls back and ends, SIGQUIT ends like a crash. SIGKILL would leave the children behind.
    child.kill(how === "stop" ? "SIGINT" : "SIGQUIT");
    await exited;
  };
  await start();
  return {
    port,
    start,
    stop,
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await ask(url("postgres"), `CREATE DATABASE ${name}`);
      return url(name);
    },
    standby: () => startStandby(url("postgres")),
    async close() {
      await stop("kill");
      const gone = once(warden, "exit");
      warden.stdin?.end();
      await gone;
    },
  };
}

async function startStandby(primary: string): Promise<PostgresStandby> {
  const place = makePlace();
  const { folder, files, binaries, owner } = place;
  const copy = ["-D", files, "-d", primary, "-R", "-X", "stream", "-c", "fast", "--no-sync"];
  try {
    execFileSync(join(binaries, "pg_basebackup"), copy, {
      stdio: ["ignore", "ignore", "inherit"],
      cwd: folder,
      ...owner,
    });
  } catch (error) {
    place.warden.stdin?.end();
    throw error;
  }
  const server = await startOn(place);
  const own = new URL(primary);
  own.port = String(server.port);
  await ask(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'");
  await ask(primary, "SELECT pg_reload_conf()");
  await untilRow(primary, "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'");
  return {
    ...server,
    async promote() {
      await ask(String(own), "SELECT pg_promote()");
      await untilRow(String(own), "SELECT 1 WHERE NOT pg_is_in_recovery()");
    },
  };
}

async function untilRow(url: string, statement: string): Promise<void> {
  while ((await ask(url, statement)).length === 0) await sleep(20);
}

/** Sends one statement on a connection of its own and gives the rows. */
export async function ask(
  url: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(statement, [...values]);
    return rows;
  } finally {
    await client.end().catch(() => {});
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root; then its files belong to Debian's `postgres` or to nobody. */
function ownerOfFiles(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string, name: string) =>
    Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
  for (const name of ["postgres", "nobody"]) {
    try {
      return { uid: idOf("-u", name), gid: idOf("-g", name) };
    } catch {
      // There is no such user on this machine.
    }
  }
  throw new Error("PostgreSQL refuses to run as root, and there is no user postgres or nobody.");
}

/** Outlives the test process by a moment, however that ends, and then clears away what is left. */
function startWarden(folder: string, pidFile: string): ChildProcess {
  const script =
    'trap "" INT TERM HUP; cat >/dev/null; read -r pid 2>/dev/null <"$2" && kill -QUIT "$pid" && sleep 1; rm -rf "$1"';
  return spawn("sh", ["-c", script, "sh", folder, pidFile], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function untilItAnswers(url: string, child: ChildProcess): Promise<void> {
  const stopMs = performance.now() + 30_000;
  for (;;) {
    try {
      await ask(url, "SELECT 1");
      return;
    } catch (error) {
      if (child.exitCode !== null || performance.now() > stopMs) throw error;
      await sleep(50);
    }
  }
}
