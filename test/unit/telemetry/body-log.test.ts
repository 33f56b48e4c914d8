import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GatewayError } from "../../../server/core/error.ts";
import type { Handler } from "../../../server/core/layer.ts";
import type { ScreenedCall } from "../../../server/core/screened-call.ts";
import { bodyLog } from "../../../server/telemetry/body-log.ts";
import { sampleCall, sampleRequest, textBlock } from "../../fakes/calls.ts";
import { completedEvent, deltaEvent, textEvent } from "../../fakes/completion-events.ts";
import { readAll, readUntilError, refusalOf } from "../../fakes/outcomes.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

const screened = (request = sampleRequest()): ScreenedCall => ({
  ...sampleCall({ request }),
  screening: undefined,
});

function logging(answer: Answer, isOn = true) {
  const log = createRecordingLog();
  const { handle } = scriptedHandler<ScreenedCall>(answer);
  return {
    log,
    handle: bodyLog({ log, isOn }).wrap(handle) as Handler<ScreenedCall>,
    below: handle,
  };
}

describe("bodies in the log", () => {
  it("are not there at other levels, and nor is the layer", () => {
    const { handle, below } = logging(scriptedReply(completedEvent()), false);
    assert.equal(handle, below);
  });

  it("are the request by its set fields and the answer put together", async () => {
    const { log, handle } = logging(
      scriptedReply(
        deltaEvent({ piece: { case: "reasoning", value: { text: "hm" } } }),
        textEvent("Par", 1),
        textEvent("is.", 1),
        deltaEvent({ blockIndex: 2, piece: { case: "toolUse", value: { id: "1", name: "look" } } }),
        deltaEvent({ blockIndex: 2, piece: { case: "toolUse", value: { inputJson: "{}" } } }),
        completedEvent(),
      ),
    );
    const image = { content: new Uint8Array(5), mediaType: "image/png" };
    const content = [textBlock("Where?"), { block: { case: "image", value: image } as const }];
    const request = sampleRequest({ messages: [{ role: 1, content }], seed: 7n });
    await readAll((await handle(screened(request))).events);
    const [asked, answered, ...more] = log.lines;
    assert.deepEqual(more, []);
    assert.deepEqual(asked?.fields.request, {
      messages: [
        {
          role: 1,
          content: [
            { block: { text: { text: "Where?" } } },
            { block: { image: { content: "(5 bytes)", mediaType: "image/png" } } },
          ],
        },
      ],
      seed: "7",
    });
    assert.deepEqual(answered?.fields.answer, [
      { reasoning: "hm" },
      { text: "Paris." },
      { toolUse: { name: "look", input: "{}" } },
    ]);
    assert.deepEqual(
      [answered.level, answered.fields.ending, answered.fields.finishReason],
      ["debug", "finished", "stop"],
    );
  });

  it("hold no more than a line should", async () => {
    const long = "x".repeat(100_000);
    const { log, handle } = logging(
      scriptedReply(textEvent(long), textEvent(long), completedEvent()),
    );
    const request = sampleRequest({
      system: long,
      messages: [{ role: 1, content: [textBlock(long)] }],
    });
    await readAll((await handle(screened(request))).events);
    for (const { fields } of log.lines) assert.ok(JSON.stringify(fields).length < 70_000);
    assert.match(JSON.stringify(log.lines[1]?.fields.answer), /"moreCharacters":134464/);
  });

  it("say how an answer ended that broke, was left or never came, without the words of the error", async () => {
    const error = GatewayError.deadlineExceeded();
    const broken = logging(scriptedReply(textEvent("Par"), { error }));
    await readUntilError((await broken.handle(screened())).events);
    assert.deepEqual(
      [broken.log.lines[1]?.fields.ending, broken.log.lines[1]?.fields.reason],
      ["failed", "DEADLINE_EXCEEDED"],
    );
    const left = logging(scriptedReply(textEvent("Par"), textEvent("is")));
    const events = (await left.handle(screened())).events[Symbol.asyncIterator]();
    await events.next();
    await events.return?.();
    assert.equal(left.log.lines[1]?.fields.ending, "abandoned");
    const none = logging({ throws: error });
    await refusalOf(() => none.handle(screened()));
    assert.equal(none.log.lines[1]?.fields.reason, "DEADLINE_EXCEEDED");
    assert.ok(!JSON.stringify([broken, none].map(({ log }) => log.lines)).includes(error.message));
  });
});
