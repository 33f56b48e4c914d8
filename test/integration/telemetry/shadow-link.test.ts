import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { it } from "node:test";
import { createEmulator } from "../../../emulator/emulator.ts";
import { genAi141 } from "../../../server/telemetry/semconv.ts";
import { startSpanCollector } from "../../fakes/span-collector.ts";
import { startTestGateway } from "../gateway/gateway.ts";
import { lanesOf } from "./lanes.ts";

it("the copy of a call is a trace of its own, linked with the call and not below it", async () => {
  const spans = startSpanCollector();
  const openai = await createEmulator({ openAiKeys: ["sk-link"] });
  const gateway = await startTestGateway(
    {
      OPENAI_API_KEY: "sk-link",
      OPENAI_BASE_URL: `${openai.url}/v1`,
      LLM_SHADOW_MODE: "true",
      LLM_PRIMARY_PROVIDER: "openai",
      LLM_SHADOW_PROVIDER: "bedrock",
      LLM_SHADOW_SAMPLE_RATE: "1",
      LLM_SHADOW_SELF_SHARE: "0",
      LLM_SHADOW_SINK: "none",
    },
    { tracer: spans.tracer, names: genAi141 },
  );
  try {
    const traceId = randomBytes(16).toString("hex");
    const [lane] = lanesOf(gateway);
    await lane?.ask("unary", "", `00-${traceId}-${randomBytes(8).toString("hex")}-01`);
    const copy = await spans.first(({ links }) => links.length > 0);
    await spans.settled();
    const own = spans.ofTrace(traceId);
    const completion = own.find(({ name }) => name === "completion");
    assert.deepEqual(copy.links, [completion?.spanId]);
    assert.notEqual(copy.traceId, traceId);
    assert.equal(copy.parentId, undefined);
    assert.equal(copy.attributes["axonflow.hop.reason"], "shadow");
    assert.equal(copy.attributes["gen_ai.provider.name"], "aws.bedrock");
    const attempts = own.filter(({ kind }) => kind === "CLIENT");
    assert.deepEqual(
      attempts.map(({ attributes }) => attributes["gen_ai.provider.name"]),
      ["openai"],
    );
    const sent = openai.requests.at(-1)?.headers.traceparent;
    assert.equal(sent, `00-${traceId}-${attempts[0]?.spanId}-01`);
  } finally {
    await gateway.close();
    await openai.close();
    await spans.close();
  }
});
