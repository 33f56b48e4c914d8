import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { before, describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { verifyLog } from "../../../server/audit/verifying/verify-log.ts";
import type { AuditStore } from "../../../server/core/audit-store.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { openSqliteAuditStore } from "../../../server/storage/sqlite/audit/open-sqlite-audit-store.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import type { AuditRows } from "../../fakes/memory-audit-store.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";
import { writeAuditLog } from "../../fakes/written-audit-log.ts";
import { mutateRows } from "../../unit/audit/mutate-rows.ts";
import { putRows } from "./audit-rows.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const { changes, flips } = isLong ? { changes: 400, flips: 2000 } : { changes: 25, flips: 25 };
const seed = Number(process.env.AXONFLOW_TEST_SEED ?? 1);

/** All that a store says of its chains. What it finds by its indexes is not verified with them. */
async function dump(store: AuditStore) {
  const segments = await store.segments();
  const writers = [...new Set(segments.map(({ writer }) => writer))];
  const each = <Row>(ask: (writer: string) => Promise<readonly Row[]>) =>
    Promise.all(writers.map(ask)).then((lists) => lists.flat());
  return {
    segments,
    records: await each((writer) => store.records(writer, 1, 10_000)),
    heads: await each((writer) => store.heads(writer, 1, 10_000)),
    keys: await Promise.all(segments.map(({ writer, number }) => store.keys(writer, number))).then(
      (lists) => lists.flat(),
    ),
    lastHeads: await store.lastHeads(100),
  };
}

type Dump = Awaited<ReturnType<typeof dump>>;

async function reading<T>(directory: string, read: (store: AuditStore) => Promise<T>): Promise<T> {
  const store = await openSqliteAuditStore({ directory, clock: systemClock, readOnly: true });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}

describe("the audit log's file, of which somebody owns the disk", () => {
  const whole = dataDirectory();
  const damaged = dataDirectory();
  const [wholeFile, damagedFile] = [whole, damaged].map((each) => join(each, "audit.db"));
  assert.ok(wholeFile && damagedFile);
  let said: Dump;
  let rows: AuditRows;
  before(async () => {
    const store = await openSqliteAuditStore({ directory: whole, clock: systemClock });
    await writeAuditLog(store);
    await store.close();
    said = await reading(whole, dump);
    const { segments, records, heads, keys } = said;
    rows = { segments: [...segments], records: [...records], heads: [...heads], keys: [...keys] };
  });

  it(`has every one of ${changes} changes to a row found, and named by the row`, async () => {
    const random = seededRandom(seed);
    for (let change = 0; change < changes; change++) {
      const { what, rows: changed, isNamedBy } = mutateRows(rows, random);
      copyFileSync(wholeFile, damagedFile);
      const database = new DatabaseSync(damagedFile);
      putRows(database, rows, changed);
      database.close();
      const { problems } = await reading(damaged, (store) => verifyLog({ store }));
      const about = `${what}, seed ${seed}, change ${change}`;
      assert.ok(problems.some(isNamedBy), `${about}: ${JSON.stringify(problems.slice(0, 3))}`);
    }
  });

  it(`says what it said before, or is found to be damaged, when a bit of it flips, ${flips} times`, async (t) => {
    const random = seededRandom(seed);
    const bytes = readFileSync(wholeFile);
    const ends = { refused: 0, found: 0, same: 0 };
    for (let flip = 0; flip < flips; flip++) {
      const at = Math.floor(random() * bytes.length);
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      writeFileSync(damagedFile, changed);
      const end = await reading(damaged, async (store) => {
        const { isWhole } = await verifyLog({ store });
        if (!isWhole) return "found";
        return isDeepStrictEqual(await dump(store), said) ? "same" : "other";
      }).catch(() => "refused" as const);
      assert.ok(end !== "other", `byte ${at}, seed ${seed}, flip ${flip}`);
      ends[end] += 1;
    }
    t.diagnostic(`of ${flips}: ${JSON.stringify(ends)}`);
    assert.ok(ends.found + ends.refused > flips / 4, "most of the file is data");
  });
});
