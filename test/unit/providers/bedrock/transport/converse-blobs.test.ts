import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  fromSdkOutput,
  toSdkInput,
} from "../../../../../server/providers/bedrock/transport/converse-blobs.ts";

const bytes = Buffer.from("picture");
const base64 = bytes.toString("base64");

/** A part of a Converse body where bytes stand, on the wire and for the SDK. */
const places = (content: string | Buffer) => ({
  messages: [
    {
      role: "user",
      content: [
        { image: { format: "png", source: { bytes: content } } },
        { document: { format: "pdf", name: "d", source: { bytes: content } } },
        { video: { format: "mp4", source: { bytes: content } } },
        { guardContent: { image: { format: "png", source: { bytes: content } } } },
        { reasoningContent: { redactedContent: content } },
        {
          toolResult: {
            toolUseId: "t",
            content: [{ image: { format: "png", source: { bytes: content } } }],
          },
        },
      ],
    },
  ],
});

/** Parts in which everything is the caller's own, whatever it is called. */
const freeForm = {
  additionalModelRequestFields: { bytes: base64, deep: [{ redactedContent: base64 }] },
  requestMetadata: { bytes: base64 },
  messages: [{ content: [{ toolUse: { toolUseId: "t", name: "n", input: { bytes: base64 } } }] }],
  toolConfig: {
    tools: [
      {
        toolSpec: { name: "n", inputSchema: { json: { properties: { bytes: base64 } } } },
      },
    ],
  },
};

describe("a Converse body for the SDK", () => {
  it("has bytes where Converse has bytes", () => {
    assert.deepEqual(toSdkInput(places(base64)), places(bytes));
  });

  it("has what is the caller's own untouched", () => {
    assert.deepEqual(toSdkInput(freeForm), freeForm);
  });

  it("comes back as it was", () => {
    assert.deepEqual(fromSdkOutput(toSdkInput(places(base64))), places(base64));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const body = JSON.parse(JSON.stringify({ ...freeForm, input: value })) as unknown;
        assert.deepEqual(fromSdkOutput(toSdkInput(body)), body);
      }),
    );
  });
});

describe("what the SDK read", () => {
  it("leaves out what is not there, and writes numbers as JSON does", () => {
    class NumericValue {
      readonly string = "1.0000000000000000001";
      readonly type = "bigDecimal";
    }
    const output = { a: undefined, b: 9_007_199_254_740_993n, c: new NumericValue(), d: null };
    assert.deepEqual(fromSdkOutput(output), { b: 9_007_199_254_740_992, c: 1, d: null });
  });

  it("keeps a model's own object that only looks like such a number", () => {
    const output = { input: { type: "bigDecimal", string: "7" } };
    assert.deepEqual(fromSdkOutput(output), output);
  });
});
