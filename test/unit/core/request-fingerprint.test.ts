import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fromBinary, fromJson, type JsonObject, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  type CompleteRequest,
  CompleteRequestSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { fingerprintOf } from "../../../server/core/request-fingerprint.ts";
import { sampleRequest, textBlock } from "../../fakes/calls.ts";

const schema = () => ({
  type: "object",
  properties: { b: { type: "string" }, a: { enum: [1, "x"] } },
});

/** Something in every kind of field that a request has. */
const rich = (): CompleteRequest =>
  sampleRequest({
    system: "s",
    temperature: 0.5,
    seed: 7n,
    stopSequences: ["x", "y"],
    tags: { team: "a", app: "b" },
    tools: [{ name: "t", inputSchema: schema() }],
    messages: [
      {
        role: 1,
        content: [
          textBlock("hi"),
          {
            block: { case: "image", value: { mediaType: "image/png", content: Buffer.from("p") } },
          },
        ],
      },
    ],
  });

/** The same value with its members the other way round, all the way down. */
function reversed<T>(value: T): T {
  const turned = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(turned);
    if (typeof part !== "object" || part === null) return part;
    const entries = Object.entries(part).map(([name, member]) => [name, turned(member)] as const);
    return Object.fromEntries(entries.reverse());
  };
  return turned(value) as T;
}

describe("a request's fingerprint", () => {
  it("is the same after a journey in Protobuf or JSON", () => {
    const request = rich();
    const again = fromBinary(CompleteRequestSchema, toBinary(CompleteRequestSchema, request));
    assert.equal(fingerprintOf(again), fingerprintOf(request));
    const prompt = { prompt: "hi", model: "fast", tags: { a: "1" } };
    assert.equal(
      fingerprintOf(fromJson(CompleteRequestSchema, prompt)),
      fingerprintOf(fromJson(CompleteRequestSchema, { ...prompt, temperature: null })),
    );
  });

  it("does not depend on the order in which maps and JSON objects are written", () => {
    const json = fc.dictionary(
      fc.string(),
      fc.jsonValue().map((value) => value as never),
    );
    fc.assert(
      fc.property(json, fc.dictionary(fc.string(), fc.string()), (inputSchema, tags) => {
        const of = (object: JsonObject, labels: { [key: string]: string }) =>
          fingerprintOf(
            sampleRequest({ tags: labels, tools: [{ name: "t", inputSchema: object }] }),
          );
        assert.equal(of(inputSchema, tags), of(reversed(inputSchema), reversed(tags)));
      }),
    );
  });

  const changes: readonly (readonly [name: string, change: (request: CompleteRequest) => void])[] =
    [
      ["the text", (request) => request.messages.pop()],
      ["a number", (request) => (request.temperature = 0.6)],
      ["a number that is left out", (request) => delete request.temperature],
      ["a long number", (request) => (request.seed = 8n)],
      ["the order of a list", (request) => request.stopSequences.reverse()],
      ["a label", (request) => (request.tags.app = "c")],
      [
        "a schema deep down",
        ({ tools }) => Object.assign(tools[0]?.inputSchema ?? {}, { more: 1 }),
      ],
      ["the model", (request) => (request.model = "m")],
    ];
  for (const [name, change] of changes) {
    it(`changes with ${name}`, () => {
      const request = rich();
      change(request);
      assert.notEqual(fingerprintOf(request), fingerprintOf(rich()));
    });
  }

  it("leaves the request as it was", () => {
    const request = rich();
    fingerprintOf(request);
    assert.deepEqual(request, rich());
  });
});
