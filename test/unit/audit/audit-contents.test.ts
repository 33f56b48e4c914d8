import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { Direction, RedactionAction } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Reply } from "../../../server/core/reply.ts";
import { sampleCall, sampleRequest, textBlock } from "../../fakes/calls.ts";
import { completedEvent, textEvent } from "../../fakes/completion-events.ts";
import { readAll, readUntilError } from "../../fakes/outcomes.ts";
import { scriptedReply } from "../../fakes/scripted-handler.ts";

import {
  busy,
  contentOf,
  good,
  lastOf,
  resultOf,
  screened,
  stage,
  textHash,
} from "./audit-stage.ts";

describe("what is on record of a call", () => {
  it("is its request's id and tenant, who asked for what, and the hash of its texts", async () => {
    const { log, handle } = stage(good());
    const context = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
    });
    const request = sampleRequest({
      system: "Be short.",
      model: "claude",
      provider: "bedrock",
      user: "someone",
      tags: { team: "blue" },
    });
    await handle(
      screened({
        request,
        context,
        principal: { name: "service", tenant: "clinic", keyId: "k-1" },
        origin: { address: "192.0.2.7", protocol: "grpc", certificate: "ab12" },
      }),
    );
    const { kind, requestId, tenant, hmacOf } = lastOf(log);
    assert.deepEqual([kind, requestId, tenant], ["intent", sampleCall().id, "clinic"]);
    assert.deepEqual(hmacOf, { prompt: textHash("Be short.\nWhat is the capital of France?") });
    assert.deepEqual(contentOf(lastOf(log)), {
      call: {
        rpc: "CompleteStream",
        protocol: "grpc",
        principal: "service",
        tenant: "clinic",
        keyId: "k-1",
        source: "192.0.2.7",
        certificate: "ab12",
        traceId: "0af7651916cd43dd8448eb211c80319c",
        model: "claude",
        provider: "bedrock",
        user: "someone",
        tags: { team: "blue" },
        configuration: "c0ffee",
      },
    });
  });

  it("leaves out what is not known", async () => {
    const { log, handle } = stage(good());
    await handle(screened({ delivery: "unary" }));
    assert.equal(lastOf(log).tenant, "");
    assert.deepEqual(contentOf(lastOf(log)), {
      call: { rpc: "Complete", principal: "test", configuration: "c0ffee" },
    });
  });

  it("has, of its end, times in milliseconds, and the same about the call once more", async () => {
    const { log, clock, handle } = stage(good());
    const { events } = await handle(screened({ arrivedMs: clock.now() - 30 }));
    clock.advance(20.4);
    const reading = events[Symbol.asyncIterator]();
    await reading.next();
    clock.advance(100);
    await reading.next();
    await reading.next();
    const { result, call } = contentOf(lastOf(log));
    assert.deepEqual([result.timeToFirstTokenMs, result.latencyMs], [50, 150]);
    assert.deepEqual({ call }, contentOf(log.told[0]?.entry ?? lastOf(log)));
    assert.deepEqual(lastOf(log).hmacOf, {
      prompt: textHash("What is the capital of France?"),
      answer: textHash("Paris."),
    });
  });

  it("counts personal data that was found, and has no value of it", async () => {
    const redactions = [
      {
        $typeName: "axonflow.gateway.v1.Redaction" as const,
        entity: "EMAIL",
        direction: Direction.REQUEST,
        action: RedactionAction.REDACTED,
        count: 2,
      },
    ];
    const counted = [{ entity: "EMAIL", direction: "request", action: "redacted", count: 2 }];
    const { log, handle } = stage(scriptedReply(completedEvent({ redactions })));
    const screening = { redactions, mint: { tokenFor: () => assert.fail("nobody asks") } };
    const { events } = await handle(screened({ screening }));
    assert.deepEqual(contentOf(lastOf(log)).call.redactions, counted);
    await readAll(events);
    assert.deepEqual(resultOf(log).redactions, counted);
    assert.equal(resultOf(log).decision, "redact");
  });

  it("has no texts, unless they are to be written down", async () => {
    const { log, handle } = stage(good());
    await readAll((await handle(screened())).events);
    const all = JSON.stringify(log.told);
    assert.doesNotMatch(all, /capital|Paris/);
  });

  it("has the texts as policies left them where they are to be written down", async () => {
    const { log, handle } = stage(good(), {});
    const bodies = stage(good(), { bodies: true });
    const request = sampleRequest({
      system: "Be short.",
      messages: [{ content: [textBlock("Who is [EMAIL]?")] }],
    });
    for (const each of [{ handle }, bodies]) {
      await readAll((await each.handle(screened({ request }))).events);
    }
    assert.equal(log.told.length, bodies.log.told.length);
    const [intent, outcome] = bodies.log.told.map(({ entry }) => contentOf(entry));
    assert.deepEqual(intent.request.system, "Be short.");
    assert.match(JSON.stringify(intent.request.messages), /Who is \[EMAIL\]\?/);
    assert.deepEqual(outcome.answer, [{ text: "Paris." }]);
    assert.equal(outcome.request, undefined, "once is enough");
  });

  it("has what came of an answer that broke off, where texts are to be written down", async () => {
    const { log, handle } = stage(scriptedReply(textEvent("Par"), { error: busy }), {
      bodies: true,
    });
    await readUntilError((await handle(screened())).events);
    assert.deepEqual(contentOf(lastOf(log)).answer, [{ text: "Par" }]);
  });

  it("names the call whose answer it repeats, and none of its tokens and costs", async () => {
    const replayOf = "00000000-0000-4000-8000-000000000009";
    const reply: Reply = { ...good(), replayOf };
    const { log, handle } = stage(reply);
    await readAll((await handle(screened())).events);
    const { usage, costNanoUsd, ...result } = resultOf(log);
    assert.deepEqual(
      [usage, costNanoUsd, result.replayOf, result.decision],
      [undefined, undefined, replayOf, "allow"],
    );
  });
});
