import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import type { ReadRecord } from "../../../server/core/audit-reading.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";
import { askedTexts, auditLoad, type SeenCall } from "./audit-load.ts";
import { type AuditPlace, postgresPlace, sqlitePlace, type WrittenAudit } from "./audit-stores.ts";
import { startGatewayProcess } from "./gateway-process.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";

/** Over each store. */
const kills = isLong ? 100 : 2;
/** A signature comes each second, and so never in the short form. */
const mostMore = isLong ? 200 : 60;
const lanes = 8;
const licenseKey = "test-license-key-1";

/** What an outcome says, by the names that readers know. */
interface Outcome {
  readonly call: { readonly rpc: string };
  readonly result: {
    readonly decision: string;
    readonly model: string;
    readonly usage?: { readonly inputTokens?: number; readonly outputTokens?: number };
  };
}

for (const place of [sqlitePlace(), postgresPlace()]) {
  describe(`the audit log of a gateway over ${place.name} that is killed in the midst of its calls`, () => {
    let emulator: Emulator;
    before(async () => {
      emulator = await createEmulator({
        requestLimit: 1_000_000,
        pacing: { firstTokenDelayMs: 2, tokensPerSecond: 1000 },
      });
    });
    after(async () => {
      await emulator.close();
      await place.close();
    });

    it(`has every call that was made and every answer that was given, ${kills} times over`, async (t) => {
      const random = seededRandom(7);
      const seen: SeenCall[] = [];
      let log: WrittenAudit | undefined;
      for (let kill = 0; kill < kills; kill++) {
        const earlier = emulator.requests.length;
        const calls = await runAndKill(place, emulator, random);
        seen.push(...calls);
        log = await place.read();
        assert.deepEqual(log.report.problems, [], `after kill ${kill}`);
        everyAnswerHasItsOutcome(calls, log);
        for (const { body } of emulator.requests.slice(earlier)) {
          assert.ok(log.hasIntentFor(askedTexts(body)), "no audit, no call");
        }
      }
      assert.ok(log);
      const { unfinished, counts } = log.report;
      const answered = seen.filter(({ answer }) => answer);
      t.diagnostic(
        `${kills} kills: ${emulator.requests.length} calls reached the model, ${answered.length} answers ` +
          `were seen, ${unfinished.length} calls have no known end; ${JSON.stringify(counts)}`,
      );
      assert.equal(counts.chains, kills);
      assert.ok(answered.length > 5 * kills, "there was something to lose");
      assert.ok(unfinished.length <= lanes * kills, "what was under way, and nothing else");
    });
  });
}

/** Kills it when a random number of calls have reached the model, in whatever it is doing. */
async function runAndKill(
  place: AuditPlace,
  emulator: Emulator,
  random: () => number,
): Promise<readonly SeenCall[]> {
  const gateway = await startGatewayProcess({
    ...(await place.settings()),
    AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
    LLM_BEDROCK_REGION: "us-east-1",
    LLM_BEDROCK_ENDPOINT_URL: emulator.url,
  });
  let isKilled = false;
  const loading = auditLoad({
    gateway: { ...gateway, licenseKey },
    random,
    lanes,
    isOver: () => isKilled,
  });
  const enough = emulator.requests.length + 20 + Math.floor(random() * mostMore);
  while (emulator.requests.length < enough) await pause(1);
  await pause(random() * 20);
  isKilled = true;
  gateway.child.kill("SIGKILL");
  await gateway.exited;
  return loading;
}

function everyAnswerHasItsOutcome(calls: readonly SeenCall[], { records }: WrittenAudit): void {
  const outcomes = Map.groupBy(
    records.filter(({ kind }) => kind === "outcome"),
    ({ requestId }) => requestId,
  );
  for (const { answer, delivery } of calls) {
    if (!answer) continue;
    const [outcome, ...others] = outcomes.get(answer.requestId) ?? [];
    assert.ok(outcome, `${delivery} ${answer.requestId} was answered and is not on record`);
    assert.equal(others.length, 0, "it ended once");
    const { call, result } = contentOf(outcome);
    const { inputTokens = 0, outputTokens = 0 } = result.usage ?? {};
    assert.deepEqual(
      [call.rpc, result.decision, result.model, inputTokens, outputTokens],
      [
        delivery === "unary" ? "Complete" : "CompleteStream",
        "allow",
        answer.model,
        answer.inputTokens,
        answer.outputTokens,
      ],
    );
  }
}

function contentOf({ content, unreadable }: ReadRecord): Outcome {
  assert.equal(unreadable, "");
  return content as unknown as Outcome;
}
