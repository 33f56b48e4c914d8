import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type ContentBlockSchema,
  FinishReason,
  Role,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { anthropic } from "../../../../../server/providers/bedrock/codecs/anthropic.ts";
import { converse } from "../../../../../server/providers/bedrock/codecs/converse.ts";
import { nova } from "../../../../../server/providers/bedrock/codecs/nova.ts";
import { completedOf, readStream, textOf } from "../../../../conformance/codec/reading.ts";
import { answerFixture, streamFixture } from "../../../../fakes/bedrock-fixtures.ts";
import {
  sampleAttempt,
  sampleEndpoint,
  sampleRequest,
  textBlock,
} from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

const format = { case: "jsonSchema", value: { name: "capital", schema: {} } } as const;
const schemaRequest = sampleRequest({ responseFormat: { format } });

for (const codec of [anthropic, nova, converse]) {
  const endpoint = sampleEndpoint({ family: codec.family });
  const both = (fixture: string) => {
    const asked = sampleAttempt({ endpoint, request: schemaRequest });
    const path = `${codec.family}/${fixture}`;
    return [
      codec.decode(answerFixture(path), asked, undefined),
      readStream(codec, asked, streamFixture(path)),
    ];
  };

  describe(`an answer in JSON of ${codec.family}`, () => {
    it("stays text where the model did not use the tool for it", () => {
      for (const events of both("question")) {
        assert.equal(textOf(events), "The capital of France is Paris.");
        assert.equal(completedOf(events).finishReason, FinishReason.STOP);
      }
    });

    it("is still to come where the model uses a tool of the caller", () => {
      for (const events of both("tool-use")) {
        assert.equal(textOf(events), "Let me look.");
        assert.equal(completedOf(events).finishReason, FinishReason.TOOL_USE);
      }
    });
  });

  describe(`a request to ${codec.family}`, () => {
    it("is refused with a fifth cache point", async () => {
      const block: MessageInitShape<typeof ContentBlockSchema> = {
        block: { case: "cachePoint", value: {} },
      };
      const content = Array.from({ length: 5 }, () => [textBlock("A"), block]).flat();
      const request = sampleRequest({ messages: [{ role: Role.USER, content }] });
      const error = await refusalOf(() => codec.encode(request, endpoint));
      assert.deepEqual(
        error.violations.map(({ field }) => field),
        ["messages[0].content[9].cache_point"],
      );
    });
  });
}
