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
import { hopWords } from "../../fakes/hop-words.ts";
import { bedrockTransports, startTestGateway } from "./gateway.ts";
import { createStreamAsker, type Question, type SeenStream } from "./stream-asker.ts";
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

const overload = {
  kind: "exception",
  exception: "ServiceUnavailableException",
  at: "mid-stream",
} as const;

/** After these the caller has every token that was sent before. */
const breaks: readonly FaultAction[] = [
  { kind: "clean-end" },
  overload,
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

/** Two regions for the tests of one suite, all streams of the first of which can be broken. */
function stage(more: Readonly<Record<string, string>> = {}) {
  let regions: TwoRegions;
  let asker: ReturnType<typeof createStreamAsker>;
  before(async () => {
    regions = await startTwoRegions({ ...env, ...more });
    asker = createStreamAsker(regions.gateway);
  });
  after(() => regions.close());
  return {
    ask: (question: Question) => asker(question),
    emulators: () => regions.emulators,
    breakFirst(action: FaultAction, afterTokens: number) {
      const placed = { ...action, afterTokens } as FaultAction;
      regions.emulators[0].setFaults([{ operation: "stream", action: placed }]);
    },
    mend() {
      for (const emulator of regions.emulators) emulator.clearFaults();
    },
  };
}

for (const transport of bedrockTransports) {
  describe(`over the ${transport} transport, a stream that breaks`, () => cutClaims(transport));
}

function cutClaims(transport: string): void {
  const { ask, breakFirst, mend } = stage({ LLM_BEDROCK_TRANSPORT: transport });

  for (const [index, model] of models.entries()) {
    it(`of ${model} is whole, wherever it breaks`, async () => {
      mend();
      const uncut = await ask({ prompt, model });
      assert.equal(uncut.text, answer);
      const tokens = uncut.completed?.usage?.outputTokens ?? 0;
      let resumed = 0;
      for (let cut = 0; cut <= mostTokens; cut++) {
        const action = breaks[(cut + index) % breaks.length];
        assert.ok(action);
        breakFirst(action, cut);
        const seen = await ask({ prompt, model });
        const about = `${action.kind} after ${cut} tokens, ${seen.error}`;
        assert.equal(seen.text, answer, about);
        assertTold(seen, about);
        const [lost] = seen.lost;
        if (lost) resumed++;
        // Llama counts as it writes.
        if (lost && model.startsWith("meta.")) {
          assert.equal(lost.usage?.outputTokens, Math.min(cut, tokens), about);
        }
      }
      const fewest = model.startsWith("amazon.titan") ? 30 : mostTokens;
      assert.ok(resumed >= fewest, `${resumed} were resumed`);
    });
  }
}

describe("a stream that breaks", () => {
  const { ask, emulators, breakFirst, mend } = stage();

  it("twice is whole all the same, and ends where it began", async () => {
    for (const model of models) {
      for (const [one, other] of [
        [3, 4],
        [12, 1],
        [9, 9],
      ] as const) {
        const [first, second] = emulators();
        const breaksOnce = (afterTokens: number) =>
          [{ operation: "stream", times: 1, action: { kind: "clean-end", afterTokens } }] as const;
        first.setFaults(breaksOnce(one));
        second.setFaults(breaksOnce(other));
        const { text, lost, completed } = await ask({ prompt, model });
        const about = `${model}, ${one} and ${other}`;
        assert.equal(text, answer, about);
        assert.ok(completed);
        assert.deepEqual(completed.hops.map(hopWords), [
          "FIRST us-east-1 FAILED PROVIDER_MALFORMED_RESPONSE",
          "RESUME us-west-2 FAILED PROVIDER_MALFORMED_RESPONSE",
          "RESUME us-east-1 SUCCEEDED",
        ]);
        assert.deepEqual(lost, completed.hops.slice(0, 2));
        assertSums(completed, about);
      }
    }
  });

  it("in every region again and again ends typed, with all that was sent and tried", async () => {
    mend();
    for (const emulator of emulators()) {
      emulator.setFaults([{ operation: "stream", action: { ...overload, afterTokens: 4 } }]);
    }
    for (const model of models) {
      const { text, lost, error, metadata } = await ask({ prompt, model });
      assert.equal(error, "Unavailable STREAM_INTERRUPTED", model);
      assert.equal(lost.length, 2, model);
      assert.ok(text.length > 20 && answer.startsWith(text), model);
      assert.ok(Number(metadata.tokens_sent) >= 3, model);
      const hops = Object.keys(metadata).filter((name) => name.startsWith("hop."));
      assert.equal(hops.length, 3, model);
    }
  });

  it("keeps a stop sequence that lies across the break", async () => {
    mend();
    const stopSequences = ["stone lantern garden window"];
    const question = { prompt: "Repeat: One stone lantern garden window morning.", stopSequences };
    for (const model of models) {
      const uncut = await ask({ ...question, model });
      assert.equal(uncut.text.trimEnd(), "One", model);
      for (let cut = 1; cut <= 8; cut++) {
        breakFirst({ kind: "clean-end" }, cut);
        const { text, completed } = await ask({ ...question, model });
        assert.equal(text, uncut.text, `${model}, ${cut}`);
        assert.equal(completed?.finishReason, uncut.completed?.finishReason, `${model}, ${cut}`);
      }
      mend();
    }
  });

  it("has no more tokens than were asked for", async () => {
    mend();
    const model = models[0];
    const uncut = await ask({ prompt, model, maxTokens: 12 });
    assert.equal(uncut.completed?.finishReason, FinishReason.LENGTH);
    for (let cut = 1; cut < 12; cut++) {
      breakFirst({ kind: "clean-end" }, cut);
      const { text, completed } = await ask({ prompt, model, maxTokens: 12 });
      assert.equal(text, uncut.text, `cut after ${cut}`);
      assert.equal(completed?.finishReason, FinishReason.LENGTH);
      assert.equal(completed.usage?.outputTokens, 12);
    }
  });

  it("is gone on with by the profile of the other region", async () => {
    breakFirst({ kind: "clean-end" }, 5);
    const { text, completed } = await ask({ prompt, model: "claude-haiku-4-5" });
    assert.equal(text, answer);
    assert.match(completed?.model ?? "", /^us\.anthropic\.claude-haiku-4-5/);
    assert.equal(completed?.hops.length, 2);
  });

  const json = { case: "jsonSchema", value: { name: "a", schema: { type: "object" } } } as const;
  const claude = "claude-haiku-4-5";
  const say = "Write 12 words.";
  const refusals: readonly (readonly [about: string, question: Question])[] = [
    ["Claude that refuses a prefill", { prompt: say, model: "claude-sonnet-4-6" }],
    ["Claude of 2026", { prompt: say, model: "claude-haiku-5-5" }],
    ["Nova", { prompt: say, model: "amazon.nova-micro-v1:0" }],
    ["Mistral's chat", { prompt: say, model: "mistral.mistral-large-2407-v1:0" }],
    ["Converse", { prompt: say, model: "qwen.qwen3-32b-v1:0" }],
    ["a call with tools", { prompt: say, model: claude, tools: [{ name: "weather" }] }],
    ["an answer by a schema", { prompt: say, model: claude, responseFormat: { format: json } }],
    ["a model that reasons", { prompt: say, model: claude, reasoning: { budgetTokens: 1024 } }],
  ];
  for (const [about, question] of refusals) {
    it(`of ${about} is not gone on with, and ends typed`, async () => {
      mend();
      breakFirst(overload, 2);
      const { lost, error, metadata } = await ask(question);
      assert.equal(error, "Unavailable STREAM_INTERRUPTED");
      assert.deepEqual(lost, []);
      assert.ok(Number(metadata.tokens_sent) > 0);
      const hops = Object.keys(metadata).filter((name) => name.startsWith("hop."));
      assert.equal(hops.length, 1);
    });
  }
});

describe("a stream that breaks in a gateway", () => {
  it("of one region is gone on with there", async () => {
    const gateway = await startTestGateway(env);
    try {
      const ask = createStreamAsker(gateway);
      const action = { kind: "clean-end", afterTokens: 6 } as const;
      gateway.emulator.setFaults([{ operation: "stream", times: 1, action }]);
      const { text, completed } = await ask({ prompt, model: models[0] });
      assert.equal(text, answer);
      assert.deepEqual(completed?.hops.map(hopWords).at(-1), "RESUME us-east-1 SUCCEEDED");
    } finally {
      await gateway.close();
    }
  });

  it("where it is switched off ends typed", async () => {
    const regions = await startTwoRegions({ ...env, AXONFLOW_RESUME: "false" });
    try {
      const ask = createStreamAsker(regions.gateway);
      const action = { kind: "clean-end", afterTokens: 6 } as const;
      regions.emulators[0].setFaults([{ operation: "stream", action }]);
      const { text, lost, error } = await ask({ prompt, model: models[0] });
      assert.ok(text !== "" && answer.startsWith(text));
      assert.deepEqual(lost, []);
      assert.equal(error, "DataLoss PROVIDER_MALFORMED_RESPONSE");
    } finally {
      await regions.close();
    }
  });
});

/** The one that began is told as lost, its tokens are priced, and the answer's sums are those of both. */
function assertTold({ lost, completed }: SeenStream, about: string): void {
  assert.ok(completed, about);
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
