import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { Ledger } from "../../../server/core/ledger.ts";
import { openPostgresStorage } from "../../../server/storage/postgres/open-postgres-storage.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { type CutLine, openCutLine } from "./cut-line.ts";
import {
  accountOf,
  begin,
  callOf,
  costs,
  isHold,
  recordOf,
  stateOf,
  until,
} from "./ledger-words.ts";
import { ask, type PostgresServer, startPostgresServer } from "./postgres-server.ts";

const isUnavailable = (error: unknown) =>
  error instanceof GatewayError &&
  error.reason === ErrorReason.LEDGER_UNAVAILABLE &&
  (error.retryAfterMs ?? 0) > 0;

interface Options {
  readonly leaseTtlMs?: number;
  readonly waitMs?: number;
}

describe("gateways with one PostgreSQL", () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgresServer();
  });
  after(() => server?.close());

  /** A ledger of a gateway of its own. */
  async function open(t: TestContext, url: string, options: Options = {}): Promise<Ledger> {
    const log = createRecordingLog();
    const storage = await openPostgresStorage({ url, clock: systemClock, log, ...options });
    t.after(() => storage.close());
    return storage.ledger;
  }

  /** The same by a line that can be cut. */
  async function openByLine(
    t: TestContext,
    url: string,
    options: Options = {},
  ): Promise<{ readonly ledger: Ledger; readonly line: CutLine }> {
    const line = await openCutLine(server.port);
    const byLine = url.replace(String(server.port), String(line.port));
    const ledger = await open(t, byLine, options);
    t.after(() => line.close());
    return { ledger, line };
  }

  async function gateways(t: TestContext, size: number, options = {}): Promise<Ledger[]> {
    const url = await server.createDatabase();
    return Promise.all(Array.from({ length: size }, () => open(t, url, options)));
  }

  it("admit exactly those of many calls that fit, whichever gateway they come to", async (t) => {
    const ledgers = await gateways(t, 4);
    const account = accountOf(1_000n);
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, at) => ledgers[at % 4]?.reserve(callOf([account], 9n))),
    );
    const admitted = answers.filter((answer) => answer && isHold(answer));
    assert.equal(admitted.length, 111);
    const refused = answers.find((answer) => answer && !isHold(answer));
    assert.equal(refused?.kind === "no-room" && refused.reservedNanoUsd, 999n);
  });

  it("find the room that others hold idle", async (t) => {
    const [near, far] = (await gateways(t, 2)) as [Ledger, Ledger];
    const account = accountOf(1_000n);
    for (let at = 0; at < 20; at++) {
      (await begin(near, callOf([account], 30n))).settle(recordOf(`near-${at}`, 1n));
    }
    const hold = await begin(far, callOf([account], 980n));
    assert.equal(hold.grantedNanoUsd, 980n);
    assert.equal((await near.reserve(callOf([account], 1n))).kind, "no-room");
  });

  it("take all accounts of a call or none", async (t) => {
    const [near, far] = (await gateways(t, 2)) as [Ledger, Ledger];
    const narrow = accountOf(10n, "narrow");
    const wide = accountOf(100n, "wide");
    await begin(near, callOf([narrow], 8n));
    const answer = await far.reserve(callOf([wide, narrow], 5n));
    assert.equal(answer.kind === "no-room" && answer.account.name, "narrow");
    assert.equal((await begin(near, callOf([wide], 100n))).grantedNanoUsd, 100n);
  });

  it("give a call what is left, where that is enough for it", async (t) => {
    const [near, far] = (await gateways(t, 2)) as [Ledger, Ledger];
    const account = accountOf(100n);
    await begin(near, callOf([account], 70n));
    assert.equal((await begin(far, callOf([account], 50n, 20n))).grantedNanoUsd, 30n);
  });

  it("obey a limit that was lowered, each call by its own", async (t) => {
    const [near, far] = (await gateways(t, 2)) as [Ledger, Ledger];
    const hold = await begin(near, callOf([accountOf(1_000n)], 100n));
    hold.settle(recordOf("first", 100n));
    assert.equal((await near.reserve(callOf([accountOf(150n)], 60n))).kind, "no-room");
    assert.equal((await far.reserve(callOf([accountOf(150n)], 60n))).kind, "no-room");
    assert.equal((await far.reserve(callOf([accountOf(1_000n)], 60n))).kind, "hold");
  });

  it("go on without the database while their leases have room, and say so when they have none", async (t) => {
    const url = await server.createDatabase();
    const { ledger: near, line } = await openByLine(t, url, { waitMs: 300 });
    const account = accountOf(1_000_000n);
    for (let at = 0; at < 50; at++) {
      (await begin(near, callOf([account], 10n))).settle(recordOf(`before-${at}`, 10n));
    }
    await until("a lease with room for what comes", async () => {
      const [lease] = await ask(url, "SELECT amount_nano_usd AS amount FROM axonflow.lease");
      return Number(lease?.amount) >= 500;
    });
    line.cut();
    for (let at = 0; at < 10; at++) {
      (await begin(near, callOf([account], 10n))).settle(recordOf(`within-${at}`, 10n));
    }
    await assert.rejects(near.reserve(callOf([account], 900_000n)), isUnavailable);
    await assert.rejects(near.accounts(), isUnavailable);
    line.mend();
    await until("room is there again", async () => {
      const answer = await near.reserve(callOf([account], 900_000n)).catch(() => undefined);
      return answer?.kind === "hold";
    });
    assert.deepEqual(await costs(near), new Map([["call", 600n]]));
    assert.equal((await stateOf(near)).spentNanoUsd, 600n);
  });

  it("count what was reported once, though its confirmation never came", async (t) => {
    const url = await server.createDatabase();
    const { ledger: near, line } = await openByLine(t, url);
    const hold = await begin(near, callOf([accountOf(1_000n)], 100n));
    line.muffleAfter("COMMIT");
    hold.settle(recordOf("once", 40n));
    await until("the report is applied, unknown to its sender", async () => {
      const [row] = await ask(url, "SELECT count(*) FROM axonflow.usage");
      return Number(row?.count) === 1;
    });
    line.cut();
    line.mend();
    assert.equal((await stateOf(near)).spentNanoUsd, 40n);
    assert.deepEqual(await costs(near), new Map([["call", 40n]]));
  });

  const rolling = { kind: "rolling", lengthMs: 3_600_000 } as const;
  for (const window of [accountOf(0n).window, rolling]) {
    it(`charge a gateway's leases in a ${window.kind} window when it is gone, and take back what it did not spend when it returns`, async (t) => {
      const url = await server.createDatabase();
      const options = { leaseTtlMs: 600, waitMs: 300 };
      const { ledger: far, line } = await openByLine(t, url, options);
      const near = await open(t, url, options);
      const account = { ...accountOf(1_000n), window };
      const hold = await begin(far, callOf([account], 400n));
      const late = await begin(far, callOf([account], 300n));
      line.cut();
      await until("its leases are charged", async () => (await costs(near)).has("lost"));
      const { spentNanoUsd, reservedNanoUsd } = await stateOf(near);
      assert.equal((await costs(near)).get("lost"), spentNanoUsd);
      assert.ok(spentNanoUsd >= 700n && spentNanoUsd <= 1_000n);
      assert.equal(reservedNanoUsd, 0n);
      await assert.rejects(far.reserve(callOf([account], 1n)), isUnavailable);
      hold.settle(recordOf("late", 123n));
      line.mend();
      await until("it tells what it spent", async () => (await costs(near)).get("call") === 123n);
      await until("only what is under way stays charged", async () => {
        return (await costs(near)).get("lost") === 300n;
      });
      assert.equal((await stateOf(near)).spentNanoUsd, 423n);
      late.release();
      await until("nothing is lost any more", async () => !(await costs(near)).has("lost"));
      assert.equal((await stateOf(near)).spentNanoUsd, 123n);
      assert.equal((await begin(far, callOf([account], 877n))).grantedNanoUsd, 877n);
    });
  }

  it("leave calls under way to be charged at their end, when a gateway shuts down", async (t) => {
    const url = await server.createDatabase();
    const log = createRecordingLog();
    const leaving = await openPostgresStorage({ url, clock: systemClock, log });
    const near = await open(t, url, { leaseTtlMs: 500 });
    const account = accountOf(1_000n);
    const soon = { ...callOf([account], 70n), expiresEpochMs: Date.now() + 500 };
    await begin(leaving.ledger, soon);
    await leaving.ledger.reserve(callOf([account], 500n));
    await leaving.close();
    assert.equal((await near.reserve(callOf([account], 931n))).kind, "no-room");
    await until("the call is charged", async () => (await costs(near)).get("lost") === 70n);
    assert.equal((await stateOf(near)).spentNanoUsd, 70n);
    assert.equal((await begin(near, callOf([account], 930n))).grantedNanoUsd, 930n);
  });

  it("survive PostgreSQL's crash without a wrong count", async (t) => {
    const [near, far] = (await gateways(t, 2)) as [Ledger, Ledger];
    const account = accountOf(1_000n);
    const holds = [
      await begin(near, callOf([account], 200n)),
      await begin(far, callOf([account], 300n)),
    ];
    await server.stop("kill");
    for (const [at, hold] of holds.entries()) hold.settle(recordOf(`during-${at}`, 50n));
    await server.start();
    await until("both have told", async () => {
      const told = await costs(near).catch(() => undefined);
      return told?.get("call") === 100n;
    });
    assert.equal((await stateOf(far)).spentNanoUsd, 100n);
    assert.equal((await begin(far, callOf([account], 900n))).grantedNanoUsd, 900n);
  });
});
