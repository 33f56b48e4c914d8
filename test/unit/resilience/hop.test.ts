import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import {
  type Completed,
  type Hop,
  HopOutcome,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError, type GatewayErrorOptions, reasonName } from "../../../server/core/error.ts";
import { hop } from "../../../server/resilience/hop.ts";
import { sampleAttempt, sampleEndpoint, samplePrice } from "../../fakes/calls.ts";
import { completedEvent, sampleUsage, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { readAll, readUntilError, refusalOf } from "../../fakes/outcomes.ts";
import { type Step, scriptedEvents } from "../../fakes/scripted-events.ts";

const throttled = (options: GatewayErrorOptions = {}) =>
  new GatewayError(Code.ResourceExhausted, ErrorReason.PROVIDER_THROTTLED, "Throttled.", options);

/** An attempt whose provider takes 250 ms until its first event or its failure. */
function start(steps: readonly Step[] | { throws: unknown }, attempt = sampleAttempt()) {
  const clock = createManualClock();
  const handle = hop({ clock }).wrap(async () => {
    clock.advance(250);
    if ("throws" in steps) throw steps.throws;
    const events = scriptedEvents(...steps);
    return { endpoint: attempt.endpoint, hops: [], providerRequestId: "r-1", events };
  });
  return { clock, answer: () => handle(attempt) };
}

/** Reads a stream that breaks with this error after one piece of text. */
async function brokenBy(error: unknown): Promise<GatewayError> {
  const reply = await start([textEvent("12345678"), { error }]).answer();
  const { items, error: thrown } = await readUntilError(reply.events);
  assert.deepEqual(items.map(wordOf), ["12345678"]);
  assert.ok(thrown instanceof GatewayError);
  return thrown;
}

function theHop({ hops }: { readonly hops: readonly Hop[] }): Hop {
  assert.equal(hops.length, 1);
  assert.ok(hops[0]);
  return hops[0];
}

async function completedOf(steps: readonly Step[], attempt = sampleAttempt()): Promise<Completed> {
  const events = await readAll((await start(steps, attempt).answer()).events);
  const last = events.at(-1);
  assert.ok(last?.case === "completed");
  return last.value;
}

describe("hop, of an attempt that succeeds", () => {
  it("writes the attempt and its cost into the answer", async () => {
    const completed = await completedOf([textEvent("a"), completedEvent()]);
    const written = theHop(completed);
    assert.equal(written.outcome, HopOutcome.SUCCEEDED);
    assert.equal(written.errorReason, "");
    assert.equal(written.region, "us-east-1");
    assert.equal(written.model, sampleEndpoint().model);
    assert.equal(written.latencyMs, 250n);
    assert.equal(written.providerRequestId, "r-1");
    assert.deepEqual(written.usage, completed.usage);
    assert.equal(completed.cost?.nanoUsd, 8n * 3000n + 6n * 15_000n);
    assert.equal(completed.cost?.price, samplePrice);
  });

  it("names no cost for a model without a price", async () => {
    const attempt = sampleAttempt({ endpoint: sampleEndpoint({ prices: undefined }) });
    assert.equal((await completedOf([completedEvent()], attempt)).cost, undefined);
  });

  it("passes pieces on as they are", async () => {
    const piece = textEvent("a");
    const [first] = await readAll((await start([piece, completedEvent()]).answer()).events);
    assert.equal(first, piece);
  });
});

describe("hop, of an attempt that fails before its first event", () => {
  it("writes the attempt into the error and changes nothing else", async () => {
    const error = throttled({ retry: "same-endpoint", providerRequestId: "r-2" });
    const refusal = await refusalOf(start({ throws: error }).answer);
    const written = theHop(refusal);
    assert.equal(written.outcome, HopOutcome.FAILED);
    assert.equal(written.errorReason, "PROVIDER_THROTTLED");
    assert.equal(written.latencyMs, 250n);
    assert.equal(written.providerRequestId, "r-2");
    assert.equal(written.usage, undefined);
    assert.deepEqual(
      [refusal.code, refusal.reason, refusal.retry, refusal.message],
      [error.code, error.reason, "same-endpoint", error.message],
    );
  });

  for (const error of [GatewayError.cancelled(), GatewayError.deadlineExceeded()]) {
    it(`calls it cancelled, not failed, after ${Code[error.code]}`, async () => {
      const refusal = await refusalOf(start({ throws: error }).answer);
      assert.equal(theHop(refusal).outcome, HopOutcome.CANCELLED);
    });
  }

  it("calls it skipped when the circuit is open", async () => {
    const error = new GatewayError(Code.Unavailable, ErrorReason.CIRCUIT_OPEN, "Open.");
    const refusal = await refusalOf(start({ throws: error }).answer);
    assert.equal(theHop(refusal).outcome, HopOutcome.SKIPPED);
    assert.equal(theHop(refusal).errorReason, "CIRCUIT_OPEN");
  });

  it("writes down what it is said to have used, with its price", async () => {
    const usage = sampleUsage(8, 1);
    const refusal = await refusalOf(
      start({ throws: GatewayError.cancelled().with({ usage }) }).answer,
    );
    assert.equal(theHop(refusal).usage, usage);
    assert.equal(theHop(refusal).cost?.nanoUsd, 8n * 3000n + 15_000n);
  });

  it("makes a fault of ours INTERNAL", async () => {
    const refusal = await refusalOf(start({ throws: new TypeError("ours") }).answer);
    assert.equal(refusal.code, Code.Internal);
    assert.equal(theHop(refusal).errorReason, "INTERNAL");
  });
});

describe("hop, of a stream that breaks after its first event", () => {
  it("tells that the stream was interrupted, by what, and how much had been sent", async () => {
    const error = await brokenBy(throttled({ retry: "same-endpoint", usage: sampleUsage(8, 5) }));
    assert.equal(error.code, Code.Unavailable);
    assert.equal(error.reason, ErrorReason.STREAM_INTERRUPTED);
    assert.equal(error.retry, "never", "half an answer is with the caller: no other try");
    assert.deepEqual(error.metadata, { tokens_sent: "5", interrupted_by: "PROVIDER_THROTTLED" });
    assert.match(error.message, /^The stream broke after its first piece: Throttled\./);
    assert.equal(theHop(error).outcome, HopOutcome.FAILED);
    assert.deepEqual(theHop(error).usage, sampleUsage(8, 5));
  });

  it("estimates what was sent when nobody says", async () => {
    const error = await brokenBy(throttled());
    assert.equal(error.metadata.tokens_sent, "2");
    assert.equal(theHop(error).usage?.source, UsageSource.ESTIMATED);
  });

  it("lets malformed data stay DATA_LOSS, and tells how much had been sent", async () => {
    const reason = ErrorReason.PROVIDER_MALFORMED_RESPONSE;
    const malformed = new GatewayError(Code.DataLoss, reason, "Broken.", {
      retry: "other-endpoint",
      usage: sampleUsage(8, 5),
      metadata: { kept: "yes" },
    });
    const error = await brokenBy(malformed);
    assert.deepEqual([error.code, error.reason, error.retry], [Code.DataLoss, reason, "never"]);
    assert.deepEqual(error.metadata, { kept: "yes", tokens_sent: "5" });
    assert.equal(error.message, "Broken.");
  });

  for (const [error, outcome] of [
    [GatewayError.cancelled(), HopOutcome.CANCELLED],
    [GatewayError.deadlineExceeded(), HopOutcome.CANCELLED],
    [GatewayError.draining(), HopOutcome.FAILED],
    [GatewayError.from(new Error("ours")), HopOutcome.FAILED],
  ] as const) {
    it(`leaves ${reasonName(error.reason)} as it is`, async () => {
      const thrown = await brokenBy(error);
      assert.deepEqual(
        [thrown.code, thrown.reason, thrown.message, thrown.metadata, thrown.retryAfterMs],
        [error.code, error.reason, error.message, error.metadata, error.retryAfterMs],
      );
      assert.equal(theHop(thrown).outcome, outcome);
    });
  }
});
