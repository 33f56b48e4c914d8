import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { seededRandom } from "../../fakes/seeded-random.ts";
import { fileSizeLimit } from "../storage/file-size-limit.ts";
import { until } from "../storage/ledger-words.ts";
import { watchThreads } from "../storage/sqlite-threads.ts";
import { askedTexts, auditLoad } from "./audit-load.ts";
import { type AuditPlace, postgresPlace, sqlitePlace } from "./audit-stores.ts";
import { createCallers } from "./callers.ts";
import { CallError, type DoorCaller, type Piece } from "./door-caller.ts";
import { startTestGateway } from "./gateway.ts";

/** A way in which the log cannot be written for a while. */
interface Outage {
  readonly what: string;
  readonly place: AuditPlace;
  /** Why it cannot be tried here. */
  readonly skip?: string | false;
  begin(): Promise<void>;
  end(): Promise<void>;
}

const limit = fileSizeLimit();
const postgres = postgresPlace();
const [full, behind] = [sqlitePlace(), sqlitePlace()];

const fullDisk = (place: AuditPlace): Outage => ({
  what: "the disk under its file is full",
  place,
  skip: limit === undefined && "prlimit of util-linux is needed",
  begin: async () => limit?.set(4096),
  end: async () => limit?.lift(),
});

const outages: readonly Outage[] = [
  fullDisk(full),
  ...(["stop", "kill"] as const).map((how) => ({
    what: `its PostgreSQL was ${how === "stop" ? "stopped" : "killed"}`,
    place: postgres,
    begin: () => postgres.server().stop(how),
    end: () => postgres.server().start(),
  })),
];

after(async () => {
  limit?.lift();
  await postgres.close();
});

async function gatewayAt(place: AuditPlace, more: Readonly<Record<string, string>> = {}) {
  const gateway = await startTestGateway({ ...(await place.settings()), ...more });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= gateway.close());
  return { emulator: gateway.emulator, gateway, callers: createCallers(gateway), close };
}

function isRefused(error: unknown): true {
  assert.ok(error instanceof CallError, String(error));
  assert.deepEqual([error.code, error.reason], ["UNAVAILABLE", "AUDIT_UNAVAILABLE"]);
  assert.ok(error.retryAfterMs, "it says when to ask again");
  return true;
}

/** Whether a call is let in; any refusal but the one that is promised fails the test. */
async function isServed(caller: DoorCaller | undefined): Promise<boolean> {
  try {
    await caller?.complete({ prompt: "Hello?" });
    return true;
  } catch (error) {
    return !isRefused(error);
  }
}

/** A stream that has begun, and what it brings from there on. */
async function begin(caller: DoorCaller) {
  const pieces = caller.stream({ prompt: "Write 5 words.", system: caller.name });
  const reading = pieces[Symbol.asyncIterator]();
  const read: Piece[] = [];
  while (read.at(-1)?.kind !== "text") {
    const { value, done } = await reading.next();
    assert.ok(!done, "it has ended already");
    read.push(value);
  }
  const rest = async () => {
    for (;;) {
      const { value, done } = await reading.next();
      if (done) return;
      read.push(value);
    }
  };
  const [started] = read;
  assert.ok(started?.kind === "started");
  return { requestId: started.requestId, read, rest };
}

describe("a gateway whose audit log cannot be written", () => {
  for (const { what, place, skip = false, ...outage } of outages) {
    it(`because ${what}, makes no call and ends no answer, and loses nothing`, {
      skip,
    }, async (t) => {
      const { emulator, callers, close } = await gatewayAt(place);
      t.after(close);
      const [grpc] = callers;
      assert.equal(await isServed(grpc), true);
      emulator.setPacing({ pauseAfterTokens: 1 });
      const underWay = await Promise.all(callers.map(begin));
      emulator.setPacing({});

      await outage.begin();
      await until("calls are refused", async () => !(await isServed(grpc)));
      const asked = emulator.requests.length;
      for (const caller of callers) {
        await assert.rejects(caller.complete({ prompt: "Hello?" }), isRefused);
        const stream = caller.stream({ prompt: "Hello?" })[Symbol.asyncIterator]();
        await assert.rejects(async () => {
          while (!(await stream.next()).done);
        }, isRefused);
      }
      assert.equal(emulator.requests.length, asked, "no audit, no call");
      emulator.release();
      for (const { rest, read } of underWay) {
        await assert.rejects(rest(), isRefused);
        assert.ok(read.length > 2, "its pieces came");
        assert.ok(
          read.every(({ kind }) => kind !== "completed"),
          "and its end did not",
        );
      }

      await outage.end();
      await until("calls are served", () => isServed(grpc));
      await close();
      const { report, records } = await place.read();
      assert.deepEqual([report.problems, report.unfinished], [[], []]);
      for (const { requestId } of underWay) {
        const outcome = records.find(
          (record) => record.kind === "outcome" && record.requestId === requestId,
        );
        assert.ok(outcome?.content, "its end is on record");
        const { decision, usage } = outcome.content.result as {
          readonly decision: string;
          readonly usage: { readonly outputTokens: number };
        };
        assert.deepEqual([decision, usage.outputTokens], ["allow", 5]);
      }
    });
  }

  it("in performance mode goes on, and has all on record when it can be written again", {
    skip: limit === undefined && "prlimit of util-linux is needed",
  }, async (t) => {
    const { callers, close } = await gatewayAt(behind, { AXONFLOW_AUDIT_MODE: "performance" });
    const outage = fullDisk(behind);
    t.after(close);
    await outage.begin();
    const answers = [];
    for (let round = 0; round < 4; round++) {
      for (const caller of callers) answers.push(await caller.complete({ prompt: "Hello?" }));
    }
    await outage.end();
    await close();
    const { report, records } = await behind.read();
    assert.deepEqual([report.problems, report.unfinished], [[], []]);
    const ended = records.filter(({ kind }) => kind === "outcome").map((each) => each.requestId);
    assert.deepEqual(ended.toSorted(), answers.map(({ requestId }) => requestId).toSorted());
  });
});

describe("a gateway whose audit log's thread ends, again and again", () => {
  it("goes on by itself, and loses nothing", async (t) => {
    const threads = watchThreads("axonflow-audit");
    t.after(() => threads.close());
    const place = sqlitePlace();
    const { gateway, emulator, close } = await gatewayAt(place);
    t.after(close);
    let losses = 0;
    const loading = auditLoad({
      gateway,
      random: seededRandom(3),
      lanes: 6,
      isOver: () => losses === 3,
    });
    for (; losses < 3; losses++) {
      const before = emulator.requests.length;
      await until("calls are made", async () => emulator.requests.length > before + 10);
      await threads.end();
      await until("there is another thread", async () => threads.started > losses + 1);
    }
    const seen = await loading;
    const { requests } = emulator;
    await close();
    for (const { error } of seen) if (error) isRefused(error);
    const log = await place.read();
    assert.deepEqual([log.report.problems, log.report.unfinished], [[], []]);
    const ended = new Set(
      log.records.filter(({ kind }) => kind === "outcome").map(({ requestId }) => requestId),
    );
    for (const { answer } of seen) assert.ok(!answer || ended.has(answer.requestId));
    for (const { body } of requests) assert.ok(log.hasIntentFor(askedTexts(body)));
  });
});
