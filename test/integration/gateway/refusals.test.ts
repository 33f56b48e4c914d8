import assert from "node:assert/strict";
import { request as http1Request, type IncomingMessage } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { createCallers } from "./callers.ts";
import { CallError, type Question } from "./door-caller.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

const limitBytes = 64 * 1024;
const helpUrl = "https://help.example/troubleshooting";

describe("what the gateway cannot serve is refused alike on every door", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway({
      AXONFLOW_MAX_MESSAGE_BYTES: String(limitBytes),
      AXONFLOW_HELP_URL: helpUrl,
    });
  });
  after(() => gateway.close());

  /** Asks whole and streamed on every door, and expects the one error each time. */
  async function refused(
    question: Question,
    expected: Partial<CallError>,
    licenseKey = gateway.licenseKey,
  ) {
    for (const caller of createCallers({ ...gateway, licenseKey })) {
      for (const ask of [
        () => caller.complete(question),
        () => caller.stream(question)[Symbol.asyncIterator]().next(),
      ]) {
        await assert.rejects(ask, (error) => {
          assert.ok(error instanceof CallError, String(error));
          const { code, reason, fields } = error;
          assert.deepEqual({ code, reason, fields }, { fields: [], ...expected }, caller.name);
          assert.match(error.requestId, /^[0-9a-f-]{36}$/, `${caller.name} names the request`);
          assert.equal(error.help, `${helpUrl}#${reason.toLowerCase()}`, `${caller.name} links`);
          return true;
        });
      }
    }
  }

  it("without a licence key", () =>
    refused({ prompt: "hi" }, { code: "UNAUTHENTICATED", reason: "MISSING_LICENSE_KEY" }, ""));

  it("with a wrong licence key", () =>
    refused(
      { prompt: "hi" },
      { code: "UNAUTHENTICATED", reason: "INVALID_LICENSE_KEY" },
      "not-one-of-ours-at-all",
    ));

  it("with a message above the limit", () =>
    refused(
      { prompt: "x".repeat(limitBytes * 4) },
      { code: "RESOURCE_EXHAUSTED", reason: "MESSAGE_TOO_LARGE" },
    ));

  it("with a field out of range, naming it", () =>
    refused(
      { prompt: "hi", temperature: 3, maxTokens: 100, stopSequences: [" "] },
      {
        code: "INVALID_ARGUMENT",
        reason: "INVALID_FIELD",
        fields: ["temperature", "stop_sequences[0]"],
      },
    ));

  it("with a value that the model does not take, before anything is sent", async () => {
    gateway.emulator.journal.clear();
    await refused(
      { prompt: "hi", temperature: 1.5 },
      { code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["temperature"] },
    );
    assert.deepEqual(gateway.emulator.journal.entries, []);
  });

  it("with a model that nobody knows", () =>
    refused(
      { prompt: "hi", model: "claude-3-5-sonet" },
      { code: "NOT_FOUND", reason: "MODEL_NOT_FOUND" },
    ));

  it("with a model of a provider that is off", () =>
    refused(
      { prompt: "hi", model: "gpt-4o" },
      { code: "FAILED_PRECONDITION", reason: "MODEL_NOT_SERVED" },
    ));

  it("with a message that cannot be read, without repeating what stood in it", async () => {
    const method = "/axonflow.gateway.v1.CompletionService/Complete";
    for (const path of [method, "/v1/complete"]) {
      for (const body of ["{", '{"prompt": 7}', '{"promt": "123-45-6789"}', "[]"]) {
        const response = await fetch(`${gateway.httpUrl}${path}`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${gateway.licenseKey}`,
            "content-type": "application/json",
          },
          body,
        });
        const text = await response.text();
        assert.equal(response.status, 400, text);
        assert.match(text, /MALFORMED_REQUEST|INVALID_FIELD/);
        assert.ok(!text.includes("123-45-6789"));
      }
    }
  });

  it("with a streamed message that is no Protobuf or is cut short, as the caller's mistake", async () => {
    const method = "/axonflow.gateway.v1.CompletionService/CompleteStream";
    for (const bytes of [
      [0, 0, 0, 0, 3, 255, 255, 255],
      [0, 0, 0, 0, 9, 1],
      [1, 0, 0, 0, 1, 0],
    ]) {
      const response = await fetch(`${gateway.httpUrl}${method}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${gateway.licenseKey}`,
          "content-type": "application/connect+proto",
        },
        body: Uint8Array.from(bytes),
      });
      assert.match(await response.text(), /invalid_argument.*MALFORMED_REQUEST/s);
    }
  });

  it("with a message above the limit that came compressed", async () => {
    const body = gzipSync(JSON.stringify({ prompt: "x".repeat(limitBytes + 1) }));
    assert.ok(body.length < 1000);
    const method = "/axonflow.gateway.v1.CompletionService/Complete";
    const response = await fetch(`${gateway.httpUrl}${method}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${gateway.licenseKey}`,
        "content-type": "application/json",
        "content-encoding": "gzip",
      },
      body,
    });
    const error = (await response.json()) as { code: string; message: string };
    assert.equal(error.code, "resource_exhausted");
    assert.match(error.message, /larger than 65536 bytes/);
  });

  it("while it takes what is just below the limit", async () => {
    for (const caller of createCallers(gateway)) {
      const { text } = await caller.complete({ prompt: "x".repeat(limitBytes - 100) });
      assert.ok(text.length > 0, caller.name);
    }
  });
});

describe("a call without a licence key is refused before its body is there", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway();
  });
  after(() => gateway.close());
  const method = "/axonflow.gateway.v1.CompletionService/Complete";

  for (const [door, path, contentType, status] of [
    ["REST", "/v1/complete", "application/json", 401],
    ["Connect", method, "application/json", 401],
    ["Connect (Protobuf)", method, "application/proto", 401],
    ["gRPC-Web", method, "application/grpc-web+proto", 200],
  ] as const) {
    it(`on the ${door} door`, async () => {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const request = http1Request(`${gateway.httpUrl}${path}`, {
          method: "POST",
          headers: { "content-type": contentType, "content-length": 1000 },
        });
        request.once("response", (answer) => {
          answer.resume();
          resolve(answer);
        });
        request.once("error", reject);
        request.flushHeaders();
      });
      assert.equal(response.statusCode, status);
    });
  }

  for (const contentType of ["application/connect+json", "application/connect+proto"]) {
    it(`on the Connect door, for a stream of ${contentType}`, async () => {
      const response = await fetch(`${gateway.httpUrl}${method}Stream`, {
        method: "POST",
        headers: { "content-type": contentType },
        body: Buffer.alloc(5),
      });
      assert.match(await response.text(), /unauthenticated.*MISSING_LICENSE_KEY/s);
    });
  }

  for (const door of ["gRPC", "gRPC on the HTTP port"] as const) {
    it(`on the ${door} door`, async () => {
      const session = connectHttp2(door === "gRPC" ? gateway.grpcUrl : gateway.httpUrl);
      const stream = session.request({
        ":method": "POST",
        ":path": method,
        "content-type": "application/grpc",
        te: "trailers",
      });
      const status = await new Promise((resolve, reject) => {
        const read = (headers: { "grpc-status"?: unknown }) => {
          if (headers["grpc-status"] !== undefined) resolve(headers["grpc-status"]);
        };
        stream.once("response", read);
        stream.once("trailers", read);
        stream.once("error", reject);
        stream.resume();
      });
      assert.equal(status, "16");
      session.destroy();
    });
  }
});
