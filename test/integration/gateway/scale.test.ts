import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { NewKey } from "../../../client/sdk/keys-client.ts";
import { AuditDecision, AuditEntryKind } from "../../../gen/axonflow/gateway/v1/audit_pb.ts";
import { BudgetPeriod } from "../../../gen/axonflow/gateway/v1/usage_pb.ts";
import { runAxonflow } from "../client/command.ts";
import { billedBy } from "./budget-stage.ts";
import { createCallers } from "./callers.ts";
import { type AskOptions, CallError, type DoorCaller, readStream } from "./door-caller.ts";
import { gatewayEnv } from "./gateway-process.ts";
import { type ScaleStage, scaleSize, startScaleStage } from "./scale-stage.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const factor = isLong ? 10 : 1;

const places = Array.from({ length: scaleSize }, (_, place) => place);
const question = { prompt: "Write 20 words.", maxTokens: 20 };

/** Long after what docs/keys.md says, which is some two seconds. */
const knownWithinMs = 10_000;

describe("four gateways over one PostgreSQL, behind a load balancer,", () => {
  let stage: ScaleStage;
  /** The request of every answer that a caller saw. */
  const seen: string[] = [];
  before(async () => {
    stage = await startScaleStage({ yaml: "" });
  });
  after(async () => stage?.close());

  /** A new key, known to all gateways. */
  const issue = async (name: string, grants: NewKey["grants"] = {}): Promise<string> => {
    const { secret } = await stage.client(0).keys.create({ name, grants });
    for (const place of places)
      await until(async () => (await askAt(place, secret)) === "answered");
    return secret;
  };
  const callerAt = (place: number, licenseKey: string): DoorCaller => {
    const gateway = stage.gateways[place] ?? assert.fail();
    const [caller] = createCallers({ ...gateway, licenseKey });
    return caller ?? assert.fail();
  };
  /** Asks by any caller; tells the reason of a refusal. */
  const ask = async (caller: DoorCaller, isStream = false, options?: AskOptions) => {
    try {
      const answer = isStream
        ? await readStream(caller.stream(question, options))
        : await caller.complete(question, options);
      seen.push(answer.requestId);
      return "answered";
    } catch (error) {
      if (error instanceof CallError) return error.reason;
      throw error;
    }
  };
  const askAt = (place: number, licenseKey: string) => ask(callerAt(place, licenseKey));
  /** So many calls at once over the load balancer, by every protocol, whole answers and streams. */
  const load = async (licenseKey: string, calls: number) => {
    const callers = createCallers({ ...stage.balancer, licenseKey });
    const outcomes = Array.from({ length: calls }, (_, at) =>
      ask(callers[at % callers.length] ?? assert.fail(), at % 2 === 0),
    );
    return Map.groupBy(await Promise.all(outcomes), (outcome) => outcome);
  };

  it("take a key that one of them issued, and refuse it when another one has revoked it", async () => {
    const secret = await issue("shared");
    await stage.client(2).keys.revoke("shared");
    assert.equal(await askAt(2, secret), "INVALID_LICENSE_KEY", "there at once");
    for (const place of places) {
      await until(async () => (await askAt(place, secret)) === "INVALID_LICENSE_KEY");
    }
  });

  it("never spend more of a budget together than it has", async (t) => {
    const limitNanoUsd = 12_000_000n * BigInt(factor);
    const before = stage.emulator.requests.length;
    const budgets = [{ period: BudgetPeriod.DAY, limitNanoUsd }];
    const secret = await issue("spender", { budgets });
    const outcomes = await load(secret, 100 * factor);
    const requests = stage.emulator.requests.slice(before);
    const billedNanoUsd = billedBy({ ...stage.emulator, requests });
    t.diagnostic(`${told(outcomes)}; limit ${limitNanoUsd}, billed ${billedNanoUsd}`);
    assert.ok(billedNanoUsd <= limitNanoUsd);
    // A gateway tells the others a moment later what it has spent: what the model bills is what was counted then.
    await until(async () => {
      const { reservedNanoUsd, spentNanoUsd } = await accountOf("spender");
      return reservedNanoUsd === 0n && spentNanoUsd === billedNanoUsd;
    });
    assert.ok(outcomes.has("answered") && outcomes.has("BUDGET_EXCEEDED"));
    assert.ok(
      stage.balancer.taken.every((taken) => taken > 0),
      "all four were called",
    );
  });

  const accountOf = async (name: string) => {
    const accounts = await stage.client(3).usage.listBudgets();
    return accounts.find(({ account }) => account.includes(`key:${name}`)) ?? assert.fail();
  };

  it("never let more calls in within a minute than a rate allows, and all of those", async () => {
    const expected = new Set(["answered", "RATE_LIMITED"]);
    const limit = 40 * factor;
    const secret = await issue("hasty", { rates: { requestsPerMinute: BigInt(limit) } });
    let answered = scaleSize;
    // What one of them has fetched and not used is back after a second, so it may take some rounds.
    for (let round = 0; round < 3 || (answered < limit && round < 100); round++) {
      const outcomes = await load(secret, 30 * factor);
      answered += outcomes.get("answered")?.length ?? 0;
      const others = [...outcomes.keys()].filter((outcome) => !expected.has(outcome));
      assert.deepEqual(others, []);
    }
    assert.equal(answered, limit);
  });

  it("never have more streams open together than a limit allows, and all of those", async () => {
    const secret = await issue("open", { rates: { concurrentStreams: 6n } });
    stage.emulator.setPacing({ pauseAfterTokens: 1 });
    const { journal } = stage.emulator;
    journal.clear();
    let refused = 0;
    const streams = places.flatMap((place) =>
      Array.from({ length: 5 }, async () => {
        const outcome = await ask(callerAt(place, secret), true);
        if (outcome === "RATE_LIMITED") refused += 1;
        return outcome;
      }),
    );
    const open = () => new Set(journal.entries.map(({ callId }) => callId)).size;
    await until(async () => open() + refused === streams.length);
    assert.equal(open(), 6);
    stage.emulator.setPacing({});
    stage.emulator.release();
    const outcomes = await Promise.all(streams);
    assert.equal(outcomes.filter((outcome) => outcome === "answered").length, 6);
  });

  it("ask the model once for an idempotency-key that comes to all of them at once", async () => {
    const before = stage.emulator.requests.length;
    const outcomes = await Promise.all(
      places.map((place) =>
        ask(callerAt(place, stage.licenseKey), place % 2 === 0, {
          headers: { "idempotency-key": "once-for-all" },
        }),
      ),
    );
    assert.deepEqual(new Set(outcomes), new Set(["answered"]));
    assert.equal(stage.emulator.requests.length - before, 1);
  });

  it("show the calls of all of them at each, with every answer that anybody saw", async () => {
    for (const place of places) {
      const chains = new Set<string>();
      const answered = new Set<string>();
      const entries = stage.client(place).audit.list({
        kinds: [AuditEntryKind.OUTCOME],
        decisions: [AuditDecision.ALLOW],
        pageSize: 1000,
      });
      for await (const { requestId, position } of entries) {
        answered.add(requestId);
        chains.add(position?.chain ?? "");
      }
      assert.deepEqual(
        seen.filter((requestId) => !answered.has(requestId)),
        [],
      );
      assert.equal(chains.size, scaleSize);
    }
  });

  it("leave a log of four chains that is whole, whoever is asked", async () => {
    for (const place of places) {
      const { whole, chains, problems } = await stage.client(place).audit.verify();
      assert.deepEqual([whole, chains, problems], [true, BigInt(scaleSize), []]);
    }
    const { AXONFLOW_AUDIT_KEY_FILE = "" } = gatewayEnv({});
    const { status, stdout, stderr } = await runAxonflow(["audit", "verify"], {
      AXONFLOW_DATABASE_URL: stage.databaseUrl,
      AXONFLOW_AUDIT_KEY_FILE,
    });
    assert.equal(status, 0, stderr + stdout);
    assert.match(stdout, /is whole.*chains +4 /s);
  });
});

function told(outcomes: ReadonlyMap<string, readonly unknown[]>): string {
  return [...outcomes].map(([outcome, all]) => `${all.length} × ${outcome}`).join(", ");
}

/** Looks until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + knownWithinMs;
  while (!(await isSo())) {
    assert.ok(performance.now() < endMs, "it did not come to be");
    await pause(20);
  }
}
