import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { GatewayError } from "../../../../../server/core/error.ts";
import type { Frame } from "../../../../../server/providers/bedrock/transport/event-stream.ts";
import { ServiceException } from "../../../../../server/providers/bedrock/transport/service-exception.ts";
import { eventOf } from "../../../../../server/providers/bedrock/transport/stream-events.ts";

function frame(headers: Readonly<Record<string, string>>, payload: string): Frame {
  return { headers: new Map(Object.entries(headers)), payload: Buffer.from(payload) };
}

const event = (type: string, payload: string) =>
  frame({ ":message-type": "event", ":event-type": type }, payload);
const chunk = (payload: string) => eventOf(event("chunk", payload), "invoke");

/** The model's JSON as base64. */
const base64 = (json: unknown) => Buffer.from(JSON.stringify(json)).toString("base64");
const inner = { type: "text", text: "Grüße 🙂" };

describe("an event of InvokeModel", () => {
  it("is the model's own JSON, with and without padding", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.stringMatching(/^[A-Za-z0-9]{0,62}$/), (value, p) => {
        const json = JSON.parse(JSON.stringify(value)) as unknown;
        assert.deepEqual(chunk(JSON.stringify({ bytes: base64(value), p })), json);
        assert.deepEqual(chunk(JSON.stringify({ bytes: base64(value) })), json);
      }),
    );
  });

  for (const [about, payload] of [
    ["with its members in another order", `{"p":"abc","bytes":"${base64(inner)}"}`],
    ["with white space", `{ "bytes" : "${base64(inner)}" }`],
    ["with members nobody knows", `{"bytes":"${base64(inner)}","p":"abc","q":1}`],
    ["with escapes", `{"bytes":"${base64(inner).replace("e", "\\u0065")}","p":"abc"}`],
  ] as const) {
    it(`is read ${about}`, () => assert.deepEqual(chunk(payload), inner));
  }

  for (const [about, payload] of [
    ["without bytes", '{"p":"abc"}'],
    ["without an object", "null"],
    ["with bytes that are no text", '{"bytes":7}'],
  ] as const) {
    it(`is passed over ${about}`, () => assert.equal(chunk(payload), undefined));
  }

  it("is passed over when it is no chunk", () => {
    assert.equal(eventOf(event("surprise", "{}"), "invoke"), undefined);
  });

  for (const payload of [
    "",
    "{",
    `{"bytes":"${base64(inner)}"`,
    `{"bytes":"${base64(inner)}"}}`,
    `{"bytes":"${base64(inner)}",}`,
    '{"bytes":"e3t7"}',
    '{"bytes":""}',
    '{"bytes":"////","p":"a"}',
  ]) {
    it(`is malformed as ${payload}, and the error does not quote it`, () => {
      assert.throws(
        () => chunk(payload),
        (error) => error instanceof GatewayError && !error.message.includes("Gr"),
      );
    });
  }
});

describe("an event of Converse", () => {
  it("has its type for a name", () => {
    const delta = { contentBlockIndex: 0, delta: { text: "a" }, p: "abc" };
    assert.deepEqual(eventOf(event("contentBlockDelta", JSON.stringify(delta)), "converse"), {
      contentBlockDelta: delta,
    });
  });
});

describe("a frame that is no event", () => {
  const exception = (payload: string) =>
    frame({ ":message-type": "exception", ":exception-type": "throttlingException" }, payload);

  for (const [payload, message] of [
    ['{"message":"Too many."}', "Too many."],
    ['{"Message":"Too many."}', "Too many."],
    ["{}", ""],
    ["", ""],
  ] as const) {
    it(`is an exception with the payload ${payload}`, () => {
      assert.throws(
        () => eventOf(exception(payload), "invoke"),
        (error) =>
          error instanceof ServiceException &&
          error.name === "throttlingException" &&
          error.message === message,
      );
    });
  }

  it("is an error with a code and words of its own", () => {
    const headers = { ":message-type": "error", ":error-code": "Oops", ":error-message": "Sorry." };
    assert.throws(() => eventOf(frame(headers, ""), "converse"), {
      name: "Oops",
      message: "Sorry.",
    });
  });

  it("is malformed when its type is not known", () => {
    assert.throws(
      () => eventOf(frame({ ":message-type": "gossip" }, "{}"), "invoke"),
      GatewayError,
    );
    assert.throws(() => eventOf(frame({}, "{}"), "invoke"), GatewayError);
  });
});
