import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { FaultAction } from "../../../emulator/fault-rule.ts";
import type { Delivery } from "../../../server/core/call.ts";
import { genAi141 } from "../../../server/telemetry/semconv.ts";
import {
  type CollectedSpan,
  type SpanCollector,
  startSpanCollector,
} from "../../fakes/span-collector.ts";
import { startTwoRegions, type TwoRegions } from "../gateway/two-regions.ts";
import { type Lane, lanesOf, type Told } from "./lanes.ts";

/** What goes wrong in the first region, and the hops that the trace must then show. */
interface Case {
  readonly name: string;
  readonly fault?: FaultAction;
  readonly times?: number;
  /** Each as index, reason, region and what it ended in. */
  readonly hops: readonly string[];
  readonly error?: string;
}

const model = "anthropic.claude-3-5-sonnet-20240620-v1:0";

const throttled = { kind: "exception", exception: "ThrottlingException" } as const;
const failing = { kind: "exception", exception: "InternalServerException" } as const;
const refusing = { kind: "exception", exception: "ValidationException" } as const;

const cases: readonly Case[] = [
  { name: "success", hops: ["0 first us-east-1 succeeded"] },
  {
    name: "failover",
    fault: throttled,
    hops: ["0 first us-east-1 ThrottlingException", "1 failover us-west-2 succeeded"],
  },
  {
    name: "retry",
    fault: failing,
    times: 1,
    hops: ["0 first us-east-1 InternalServerException", "1 retry us-east-1 succeeded"],
  },
  {
    name: "error",
    fault: refusing,
    hops: ["0 first us-east-1 ValidationException"],
    error: "ValidationException",
  },
];

describe("the trace of a call", () => {
  let regions: TwoRegions;
  let spans: SpanCollector;
  let lanes: readonly Lane[];
  before(async () => {
    spans = startSpanCollector();
    regions = await startTwoRegions({}, { tracer: spans.tracer, names: genAi141 });
    lanes = lanesOf(regions.gateway);
  });
  after(async () => {
    await regions.close();
    await spans.close();
  });

  const asked = async (lane: Lane, delivery: Delivery, { fault, times }: Omit<Case, "hops">) => {
    const rule = fault && { action: fault, ...(times !== undefined && { times }) };
    regions.emulators[0].setFaults(rule ? [rule] : []);
    const traceId = randomBytes(16).toString("hex");
    const callerId = randomBytes(8).toString("hex");
    const told = await lane.ask(delivery, model, `00-${traceId}-${callerId}-01`);
    await spans.settled();
    return { told, callerId, tree: treeOf(spans.ofTrace(traceId)) };
  };

  for (const name of ["gRPC", "gRPC on the HTTP port", "Connect", "gRPC-Web", "REST"]) {
    for (const delivery of ["unary", "stream"] as const) {
      for (const row of cases) {
        it(`is one tree: ${name}, ${delivery}, ${row.name}`, async () => {
          const lane = lanes.find((candidate) => candidate.name === name);
          assert.ok(lane);
          const { told, callerId, tree } = await asked(lane, delivery, row);
          assert.equal(tree.server.parentId, callerId, "the caller's span is the parent");
          assert.equal(tree.server.kind, "SERVER");
          assert.deepEqual({ ...tree.server.attributes, ...lane.system }, tree.server.attributes);
          assert.equal(tree.completion.name, "completion");
          assert.deepEqual(tree.attempts.map(hopWords), row.hops);
          for (const attempt of tree.attempts) {
            assert.equal(attempt.kind, "CLIENT");
            assert.equal(attempt.name, `chat ${model}`);
            assert.equal(attempt.attributes["gen_ai.provider.name"], "aws.bedrock");
            const isGood = attempt.attributes["axonflow.hop.outcome"] === "succeeded";
            assert.equal(attempt.status, isGood ? "UNSET" : "ERROR");
          }
          for (const span of tree.all) assert.equal(span.events, 0, "no span has events");
          assert.equal(told === undefined, row.error !== undefined);
          assert.equal(tree.completion.attributes["error.type"], row.error);
          assert.equal(tree.completion.status, row.error ? "ERROR" : "UNSET");
          // What was wrong with the request is no error of the server's.
          assert.equal(tree.server.status, "UNSET");
          if (told) assertSums(told, tree);
        });
      }
    }
  }

  it("begins with the gateway where the caller sends none, and refusals have one, too", async () => {
    const before = spans.all.length;
    const url = `${regions.gateway.httpUrl}/v1/complete`;
    const { status } = await fetch(url, { method: "POST", body: "{}" });
    assert.equal(status, 401);
    await spans.settled();
    const [server, ...rest] = spans.all.slice(before);
    assert.equal(rest.length, 0);
    assert.equal(server?.parentId, undefined);
    assert.equal(server?.attributes["http.response.status_code"], 401);
    assert.equal(server?.status, "UNSET");
  });

  it("names the attempt as the parent of what the provider does", async () => {
    const lane = lanes[0];
    assert.ok(lane);
    for (const delivery of ["unary", "stream"] as const) {
      const { tree } = await asked(lane, delivery, { name: "success" });
      const [attempt] = tree.attempts;
      const sent = regions.emulators[0].requests.at(-1)?.headers.traceparent;
      assert.equal(sent, `00-${attempt?.traceId}-${attempt?.spanId}-01`);
    }
  });

  it("says nothing of what was asked and answered", () => {
    assert.doesNotMatch(JSON.stringify(spans.all), /capital|Paris|test-license-key/);
  });
});

interface Tree {
  readonly server: CollectedSpan;
  readonly completion: CollectedSpan;
  readonly attempts: readonly CollectedSpan[];
  readonly all: readonly CollectedSpan[];
}

/** Fails unless the spans are one tree of the documented form. */
function treeOf(all: readonly CollectedSpan[]): Tree {
  const ids = new Set(all.map(({ spanId }) => spanId));
  const roots = all.filter(({ parentId = "" }) => !ids.has(parentId));
  const [server] = roots;
  assert.equal(roots.length, 1, "one root");
  assert.ok(server);
  const below = (parent: CollectedSpan) => all.filter(({ parentId }) => parentId === parent.spanId);
  const [completion, ...others] = below(server);
  assert.ok(completion && others.length === 0, "one completion below the server's span");
  const attempts = below(completion).sort((a, b) => indexOf(a) - indexOf(b));
  assert.equal(all.length, 2 + attempts.length, "nothing else is in the trace");
  return { server, completion, attempts, all };
}

function indexOf({ attributes }: CollectedSpan): number {
  return Number(attributes["axonflow.hop.index"]);
}

function hopWords({ attributes }: CollectedSpan): string {
  const ended = attributes["error.type"] ?? attributes["axonflow.hop.outcome"];
  const { "axonflow.hop.index": index, "axonflow.hop.reason": reason } = attributes;
  return `${index} ${reason} ${attributes["cloud.region"]} ${ended}`;
}

function assertSums(told: Told, { completion, attempts }: Tree): void {
  const sum = (name: string) =>
    attempts.reduce((total, { attributes }) => total + Number(attributes[name] ?? 0), 0);
  assert.ok(told.inputTokens > 0 && told.outputTokens > 0 && told.costNanoUsd > 0);
  assert.equal(sum("gen_ai.usage.input_tokens"), told.inputTokens);
  assert.equal(sum("gen_ai.usage.output_tokens"), told.outputTokens);
  assert.equal(sum("axonflow.cost.nano_usd"), told.costNanoUsd);
  assert.equal(completion.attributes["axonflow.usage.input_tokens"], told.inputTokens);
  assert.equal(completion.attributes["axonflow.usage.output_tokens"], told.outputTokens);
  assert.equal(completion.attributes["axonflow.hop.count"], told.hops);
  assert.equal(attempts.length, told.hops);
}
