import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { FaultAction } from "../../../emulator/fault-rule.ts";
import {
  type Completed,
  FinishReason,
  type Hop,
  HopOutcome,
  HopReason,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { createStreamAsker, type SeenStream } from "./stream-asker.ts";
import { regionNames, startTwoRegions, type TwoRegions } from "./two-regions.ts";

/** White space so long that it is cut in its middle, line ends of both kinds, and characters of several units. */
const answer =
  "One river, two  stones.\r\n\r\nGrüße \u{1F642} from \u{1F469}‍\u{1F469}‍\u{1F467} and\t日本:" +
  `${" \r\n".repeat(9)}\n - three lanterns\n - \u{1D4B3}-rays, < b > and 1 < 2${" ".repeat(20)}`;
const prompt = `Repeat: ${answer}`;

const models = [
  "meta.llama3-8b-instruct-v1:0",
  "meta.llama4-scout-17b-instruct-v1:0",
  "mistral.mistral-7b-instruct-v0:2",
  "amazon.titan-text-express-v1",
  "anthropic.claude-3-haiku-20240307-v1:0",
] as const;

/** After these the caller has every token that was sent before. */
const breaks: readonly FaultAction[] = [
  { kind: "clean-end" },
  { kind: "exception", exception: "ServiceUnavailableException", at: "mid-stream" },
  { kind: "bad-crc" },
  { kind: "exception", exception: "ThrottlingException", at: "mid-stream" },
  { kind: "truncated-frame" },
];

/** More than the answer has. */
const mostTokens = 34;

/** Before its first event a stream is nobody's to resume: that is failover, which has its own tests. */
const env = {
  AXONFLOW_CIRCUIT_FAILURES: "0",
  AXONFLOW_TRIES_PER_ENDPOINT: "1",
  AXONFLOW_IDLE_TIMEOUT_MS: "1000",
};

describe("a stream that breaks", () => {
  let regions: TwoRegions;
  let ask: ReturnType<typeof createStreamAsker>;
  before(async () => {
    regions = await startTwoRegions(env);
    ask = createStreamAsker(regions.gateway);
  });
  after(() => regions.close());

  const breakFirst = (action: FaultAction, afterTokens: number, modelId?: string) =>
    regions.emulators[0].setFaults([
      {
        operation: "stream",
        action: { ...action, afterTokens } as FaultAction,
        ...(modelId !== undefined && { modelId }),
      },
    ]);
  const mend = () => {
    for (const emulator of regions.emulators) emulator.clearFaults();
  };

  for (const [index, model] of models.entries()) {
    it(`of ${model} is whole, wherever it breaks`, async () => {
      mend();
      const uncut = await ask({ prompt, model });
      assert.equal(uncut.text, answer);
      let resumed = 0;
      for (let cut = 0; cut <= mostTokens; cut++) {
        const action = breaks[(cut + index) % breaks.length];
        assert.ok(action);
        breakFirst(action, cut);
        const seen = await ask({ prompt, model });
        const about = `${action.kind} after ${cut} tokens, ${seen.error}`;
        assert.equal(seen.text, answer, about);
        assertTold(seen, uncut, about);
        resumed += seen.lost.length;
      }
      const fewest = model.startsWith("amazon.titan") ? 30 : mostTokens;
      assert.ok(resumed >= fewest, `${resumed} were resumed`);
    });
  }
});

/** The one that began is told as lost, its tokens are priced, and the answer's sums are those of both. */
function assertTold({ lost, completed }: SeenStream, uncut: SeenStream, about: string): void {
  assert.ok(completed && uncut.completed, about);
  const { hops } = completed;
  assert.deepEqual(
    hops.map(({ region, outcome }) => [region, outcome]),
    [
      [regionNames[0], HopOutcome.FAILED],
      [regionNames[1], HopOutcome.SUCCEEDED],
    ],
    about,
  );
  assert.deepEqual([completed.region, completed.finishReason], [regionNames[1], FinishReason.STOP]);
  assert.equal(completed.model, hops[1]?.model);
  if (lost.length === 0) {
    assert.equal(hops[1]?.reason, HopReason.FAILOVER, about);
    return;
  }
  assert.deepEqual(lost, hops.slice(0, 1), about);
  assert.equal(hops[1]?.reason, HopReason.RESUME, about);
  assert.ok(Number(lost[0]?.usage?.outputTokens) > 0, about);
  assert.ok(lost[0]?.cost && lost[0].cost.nanoUsd > 0n, about);
  assertSums(completed, about);
}

function assertSums({ hops, usage, cost }: Completed, about: string): void {
  const sum = (amount: (hop: Hop) => number) => hops.reduce((total, hop) => total + amount(hop), 0);
  assert.equal(
    usage?.inputTokens,
    sum((hop) => hop.usage?.inputTokens ?? 0),
    about,
  );
  assert.equal(
    usage?.outputTokens,
    sum((hop) => hop.usage?.outputTokens ?? 0),
    about,
  );
  assert.equal(
    Number(cost?.nanoUsd),
    sum((hop) => Number(hop.cost?.nanoUsd)),
    about,
  );
}
