import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { systemClock } from "../../../server/core/clock.ts";
import { openSqliteStorage } from "../../../server/storage/sqlite/open-sqlite-storage.ts";
import { SqliteRefused } from "../../../server/storage/sqlite/sqlite-refused.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { accountOf, begin, callOf, recordOf } from "./ledger-words.ts";

const open = (directory: string) =>
  openSqliteStorage({ directory, clock: systemClock, log: createRecordingLog() });
const fileIn = (directory: string) => join(directory, "axonflow.db");

/** Does something to a file that a gateway has left. */
async function afterUse(change: (path: string) => void): Promise<string> {
  const directory = dataDirectory();
  const { ledger, close } = await open(directory);
  const call = async (_: unknown, place: number) => {
    const request = callOf([accountOf(1000n, `account ${place}`)], 5n);
    (await begin(ledger, request)).settle(recordOf(request.id, 5n));
  };
  await Promise.all(Array.from({ length: 200 }, call));
  await close();
  change(fileIn(directory));
  return directory;
}

function overwrite(path: string, from: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, from);
  writeFileSync(path, bytes);
}

const change = (sql: string) => (path: string) => {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
};

const refusals: readonly (readonly [
  what: string,
  make: () => string | Promise<string>,
  says: readonly RegExp[],
])[] = [
  [
    "is no database",
    () => {
      const directory = dataDirectory();
      writeFileSync(fileIn(directory), "made up ".repeat(1000));
      return directory;
    },
    [/axonflow\.db is damaged, or no file of a gateway/, /Put a backup in its place/],
  ],
  [
    "has lost its beginning",
    () => afterUse((path) => overwrite(path, 0)),
    [/is damaged/, /Put a backup in its place/],
  ],
  [
    "is damaged behind its beginning",
    () => afterUse((path) => overwrite(path, 4096)),
    [/is damaged/, /move it away with the files beside it/],
  ],
  [
    "was cut short",
    () => afterUse((path) => truncateSync(path, 8192)),
    [/is damaged/, /Put a backup in its place/],
  ],
  [
    "is of a later version",
    () => afterUse(change("PRAGMA user_version = 9")),
    [/was written by a later version of the gateway/, /Start that version/, /schema is 9/],
  ],
  [
    "is a directory",
    () => {
      const directory = dataDirectory();
      mkdirSync(fileIn(directory));
      return directory;
    },
    [/axonflow\.db cannot be opened and written/, /AXONFLOW_DATA_DIR/],
  ],
  ["is in a directory that nobody can write in", unwritable, [/cannot be/, /AXONFLOW_DATA_DIR/]],
  [
    "is to be in a directory that is a file",
    () => {
      const path = join(dataDirectory(), "file");
      writeFileSync(path, "");
      return path;
    },
    [/is no directory/, /Choose another AXONFLOW_DATA_DIR/],
  ],
  [
    "is to be in a directory below a file",
    () => {
      const path = join(dataDirectory(), "file");
      writeFileSync(path, "");
      return join(path, "below");
    },
    [/is no directory/, /Choose another AXONFLOW_DATA_DIR/],
  ],
];

/** The administrator can write everywhere but in the kernel's own directories. */
function unwritable(): string {
  if (process.getuid?.() === 0) return "/proc/self";
  const directory = dataDirectory();
  chmodSync(directory, 0o500);
  return directory;
}

describe("a store that cannot be opened", () => {
  for (const [what, make, says] of refusals) {
    it(`says what to do when its file ${what}`, async () => {
      const directory = await make();
      await assert.rejects(open(directory), (error) => {
        assert(error instanceof SqliteRefused, String(error));
        for (const words of says) assert.match(error.message, words);
        assert(error.message.startsWith(directory), error.message);
        return true;
      });
    });
  }

  it("says that another gateway has its file, and leaves that one alone", async (t) => {
    const directory = dataDirectory();
    const first = await open(directory);
    t.after(() => first.close());
    await assert.rejects(open(directory), /in use by another gateway.*AXONFLOW_DATABASE_URL/);
    await begin(first.ledger, callOf([accountOf(10n)], 1n));
    await first.close();
    await (await open(directory)).close();
  });
});
