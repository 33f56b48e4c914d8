import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import {
  ServiceTier,
  type Usage,
  UsageSource,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt, Delivery } from "../../../../server/core/call.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import type { Taken } from "../../../../server/core/spending.ts";
import { attemptBudget } from "../../../../server/policies/budget/attempt-budget.ts";
import { worstCase } from "../../../../server/policies/budget/worst-case.ts";
import { sampleAttempt, sampleRequest } from "../../../fakes/calls.ts";
import { completedEvent, sampleUsage, textEvent } from "../../../fakes/completion-events.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../../fakes/scripted-handler.ts";

const usualTier = () => ServiceTier.UNSPECIFIED;
const request = sampleRequest({ maxTokens: 100 });
const base = sampleAttempt({ request });
const worst = worstCase(base.endpoint, { request, usualTier }) ?? assert.fail();

/** What an attempt is said to have taken; `unsent` where it never was sent. */
async function takenOf(
  delivery: Delivery,
  answer: Answer,
  { readUpTo = Number.POSITIVE_INFINITY, change = {} as Partial<Attempt> } = {},
): Promise<Taken | "unsent"> {
  const ends: (Taken | undefined)[] = [];
  const end = (taken?: Taken) => void ends.push(taken);
  const spending = { isHeld: true, begin: async () => ({ end }) };
  const handler = scriptedHandler<Attempt>(answer);
  const handle = attemptBudget({ usualTier }).wrap(handler.handle);
  try {
    const reply = await handle({ ...base, ...change, delivery, spending });
    let read = 0;
    for await (const _ of reply.events) if (++read >= readUpTo) break;
  } catch {}
  assert.ok(ends.length > 0, "nothing was said");
  return ends[0] ?? "unsent";
}

const error = (reason: ErrorReason, usage?: Usage, providerRequestId?: string) =>
  new GatewayError(Code.Unavailable, reason, "no", { usage, providerRequestId });

const text = textEvent("x".repeat(40));

describe("what an attempt is charged", () => {
  const cost = (input: number, output: number) => BigInt(input) * 3000n + BigInt(output) * 15_000n;
  const cases: ReadonlyArray<
    readonly [what: string, delivery: Delivery, answer: Answer, costNanoUsd: bigint | "unsent"]
  > = [
    ["a whole answer, as reported", "unary", scriptedReply(completedEvent()), cost(8, 6)],
    ["a whole stream, as reported", "stream", scriptedReply(text, completedEvent()), cost(8, 6)],
    ["an open circuit", "unary", { throws: error(ErrorReason.CIRCUIT_OPEN) }, "unsent"],
    [
      "a request that cannot be asked",
      "unary",
      { throws: error(ErrorReason.INVALID_FIELD) },
      "unsent",
    ],
    ["a refusal", "unary", { throws: error(ErrorReason.PROVIDER_REJECTED) }, 0n],
    ["throttling", "stream", { throws: error(ErrorReason.PROVIDER_THROTTLED) }, 0n],
    ["a broken connection", "unary", { throws: error(ErrorReason.PROVIDER_UNAVAILABLE) }, 0n],
    [
      "a failure that says what it used",
      "unary",
      { throws: error(ErrorReason.PROVIDER_UNAVAILABLE, sampleUsage(50, 9)) },
      cost(50, 9),
    ],
    [
      "a guardrail that says what it used",
      "unary",
      { throws: error(ErrorReason.BLOCKED_BY_POLICY, sampleUsage(50, 9)) },
      cost(50, 9),
    ],
    [
      "a whole answer that nobody waited for",
      "unary",
      { throws: GatewayError.cancelled() },
      worst.nanoUsd,
    ],
    ["a deadline that passed", "unary", { throws: GatewayError.deadlineExceeded() }, worst.nanoUsd],
    ["a silent provider", "unary", { throws: error(ErrorReason.PROVIDER_TIMEOUT) }, worst.nanoUsd],
    [
      "a provider that says it timed out",
      "unary",
      { throws: error(ErrorReason.PROVIDER_TIMEOUT, undefined, "id") },
      0n,
    ],
    [
      "an answer that cannot be read",
      "unary",
      { throws: error(ErrorReason.PROVIDER_MALFORMED_RESPONSE, undefined, "id") },
      worst.nanoUsd,
    ],
    [
      "the slower of two hedged answers, whatever is guessed of it",
      "unary",
      { throws: GatewayError.cancelled().with({ usage: sampleUsage(8, 1) }) },
      worst.nanoUsd,
    ],
    // 30 bytes of prompt are some 8 tokens, twice that and 8 to be sure; 40 of answer are 10, a third more and 32.
    [
      "a stream left before it began",
      "stream",
      { throws: GatewayError.cancelled() },
      cost(24, 2 + 32),
    ],
    [
      "a stream that broke, by what was streamed",
      "stream",
      scriptedReply(text, { error: error(ErrorReason.PROVIDER_UNAVAILABLE) }),
      cost(24, 14 + 32),
    ],
    [
      "a stream that broke and says what it used",
      "stream",
      scriptedReply(text, { error: error(ErrorReason.PROVIDER_UNAVAILABLE, sampleUsage(50, 9)) }),
      cost(50, 9),
    ],
    ["a reported zero", "unary", scriptedReply(completedEvent({ usage: sampleUsage(0, 0) })), 0n],
  ];
  for (const [what, delivery, answer, costNanoUsd] of cases) {
    it(`${what}`, async () => {
      const taken = await takenOf(delivery, answer);
      assert.equal(taken === "unsent" ? taken : taken.costNanoUsd, costNanoUsd);
    });
  }
  it("by what was streamed when the reader leaves a stream", async () => {
    const taken = await takenOf("stream", scriptedReply(text, text, completedEvent()), {
      readUpTo: 1,
    });
    assert.ok(taken !== "unsent" && !taken.succeeded);
    assert.equal(taken.costNanoUsd, cost(24, 14 + 32));
  });
  it("never more than is possible, by an estimate", async () => {
    const long = textEvent("x".repeat(4000));
    const left = await takenOf("stream", scriptedReply(long, completedEvent()), { readUpTo: 1 });
    assert.ok(left !== "unsent");
    assert.equal(left.usage?.source, UsageSource.ESTIMATED);
    assert.equal(left.usage?.outputTokens, 100);
    assert.ok(left.costNanoUsd <= worst.nanoUsd);
  });
  it("what the provider reports, even where that should be impossible", async () => {
    const usage = sampleUsage(8, 5000);
    const taken = await takenOf("unary", scriptedReply(completedEvent({ usage })));
    assert.ok(taken !== "unsent");
    assert.equal(taken.costNanoUsd, cost(8, 5000));
  });
  it("by the tier that served it", async () => {
    const { prices: { standard } = assert.fail() } = base.endpoint;
    const tierFactorsPerMillion = new Map([[ServiceTier.PRIORITY, 2_000_000n]]);
    const endpoint = { ...base.endpoint, prices: { standard, tierFactorsPerMillion } };
    const completed = completedEvent({ serviceTier: ServiceTier.PRIORITY });
    const taken = await takenOf("unary", scriptedReply(completed), { change: { endpoint } });
    assert.equal(taken !== "unsent" && taken.costNanoUsd, 2n * cost(8, 6));
  });
  it("nothing where its caller had gone before it was sent", async () => {
    const signal = AbortSignal.abort(GatewayError.cancelled());
    const answer = scriptedReply(completedEvent());
    assert.equal(await takenOf("unary", answer, { change: { signal } }), "unsent");
  });
});
