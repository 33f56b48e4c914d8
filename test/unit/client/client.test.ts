import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { createGatewayClient as createBrowserClient } from "../../../client/sdk/browser.ts";
import {
  createGatewayClient,
  GatewayCallError,
  isGatewayCallError,
} from "../../../client/sdk/node.ts";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  HelpSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "../../../gen/google/rpc/error_details_pb.ts";
import { clientOf, untilGivenUp } from "./stand-in-gateway.ts";

describe("a gateway client", () => {
  it("takes a string for the prompt and a message for everything else", async () => {
    const client = clientOf({
      complete: ({ prompt, system }) => ({ content: `${prompt}/${system}` }),
    });
    assert.equal((await client.complete("hi")).content, "hi/");
    assert.equal((await client.complete({ prompt: "hi", system: "s" })).content, "hi/s");
  });

  it("sends the licence key, the caller's headers and the deadline", async () => {
    const client = clientOf(
      {
        complete: (_, { requestHeader, timeoutMs }) => ({
          content: `${requestHeader.get("authorization")} ${requestHeader.get("x-team")}`,
          requestId: String((timeoutMs() ?? 0) > 59_000),
        }),
      },
      "key-1",
    );
    const headers = { "x-team": "blue", authorization: "Basic other" };
    const { content, requestId } = await client.complete("hi", { headers, timeoutMs: 60_000 });
    assert.deepEqual([content, requestId], ["Bearer key-1 blue", "true"]);
  });

  it("sends no authorization without a key", async () => {
    const client = clientOf({
      complete: (_, { requestHeader }) => ({ content: String(requestHeader.has("authorization")) }),
    });
    assert.equal((await client.complete("hi")).content, "false");
  });

  it("lists the models of all pages", async () => {
    const tokens: string[] = [];
    const client = clientOf({
      listModels({ pageToken, family, maker, provider }) {
        tokens.push(`${family} ${maker} ${provider}:${pageToken}`);
        return pageToken
          ? { models: [{ name: "b" }] }
          : { models: [{ name: "a" }], nextPageToken: "2" };
      },
    });
    const names: string[] = [];
    const filter = { family: "f", maker: "m", provider: "p" };
    for await (const { name } of client.listModels(filter)) names.push(name);
    assert.deepEqual(
      [names, tokens],
      [
        ["a", "b"],
        ["f m p:", "f m p:2"],
      ],
    );
  });

  it("gets one model, and fails when the answer has none", async () => {
    const client = clientOf({
      getModel: ({ model }) => (model ? { model: { name: model } } : {}),
    });
    assert.equal((await client.getModel("m")).name, "m");
    await assert.rejects(client.getModel(""), GatewayCallError);
  });

  it("gives every detail of an error", async () => {
    const failure = new ConnectError("slow down", Code.ResourceExhausted, undefined, [
      {
        desc: ErrorInfoSchema,
        value: { reason: "PROVIDER_THROTTLED", domain: "d", metadata: { "hop.1": "x" } },
      },
      { desc: RequestInfoSchema, value: { requestId: "request-1" } },
      { desc: RetryInfoSchema, value: { retryDelay: durationFromMs(1500) } },
      { desc: HelpSchema, value: { links: [{ url: "https://help.example/page" }] } },
      {
        desc: BadRequestSchema,
        value: { fieldViolations: [{ field: "prompt", description: "too long" }] },
      },
    ]);
    const fail = () => {
      throw failure;
    };
    const client = clientOf({ complete: fail, completeStream: fail, getModel: fail });
    const calls = [
      () => client.complete("hi"),
      () => client.stream("hi").text(),
      () => client.getModel("m"),
    ];
    for (const call of calls) {
      await assert.rejects(call(), (error) => {
        assert.ok(isGatewayCallError(error, "INTERNAL", "PROVIDER_THROTTLED"));
        assert.ok(!isGatewayCallError(error, "INTERNAL"));
        const { code, message, reason, requestId, retryAfterMs, violations, metadata, helpUrl } =
          error;
        assert.deepEqual(
          { code, message, reason, requestId, retryAfterMs, violations, metadata, helpUrl },
          {
            code: Code.ResourceExhausted,
            message: "slow down",
            reason: "PROVIDER_THROTTLED",
            requestId: "request-1",
            retryAfterMs: 1500,
            helpUrl: "https://help.example/page",
            violations: [{ field: "prompt", description: "too long" }],
            metadata: { "hop.1": "x" },
          },
        );
        assert.ok(error.cause instanceof ConnectError);
        return true;
      });
    }
  });

  it("knows its errors from others", () => {
    assert.ok(!isGatewayCallError(new Error("other")));
    assert.ok(isGatewayCallError(new GatewayCallError(Code.Internal, "x")));
    assert.equal(new GatewayCallError(Code.Unavailable, "refused").reason, undefined);
  });

  it("ends a unary call by deadline and by signal with typed errors", async () => {
    const client = clientOf({ complete: (_, { signal }) => untilGivenUp(signal) });
    await assert.rejects(client.complete("hi", { timeoutMs: 5 }), (error) =>
      isGatewayCallError(error, "DEADLINE_EXCEEDED"),
    );
    await assert.rejects(client.complete("hi", { signal: AbortSignal.abort() }), (error) =>
      isGatewayCallError(error, "CANCELLED"),
    );
  });

  it("cancels what runs when it is closed, and refuses later calls", async () => {
    const reached = Promise.withResolvers<void>();
    const client = clientOf({
      complete(_, { signal }) {
        reached.resolve();
        return untilGivenUp(signal);
      },
    });
    const running = client.complete("hi");
    await reached.promise;
    client.close();
    for (const call of [running, client.complete("hi"), client.stream("hi").text()]) {
      await assert.rejects(call, (error) => isGatewayCallError(error, "CANCELLED"));
    }
  });

  it("refuses deadlines that could not be sent", async () => {
    const client = clientOf({});
    for (const timeoutMs of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9]) {
      await assert.rejects(client.complete("hi", { timeoutMs }), RangeError);
      assert.throws(() => client.stream("hi", { timeoutMs }), RangeError);
    }
  });
});

describe("creating a client", () => {
  const secret = "sëcret key";
  for (const create of [createGatewayClient, createBrowserClient]) {
    it("refuses what no call could succeed with, and repeats none of it", () => {
      for (const options of [
        { url: "" },
        { url: "sëcret" },
        { url: "127.0.0.1:50051" },
        { url: "ftp://sëcret" },
        { url: "http://user:sëcret@host" },
        { url: "http://host/?key=sëcret" },
        { url: "http://host", licenseKey: secret },
        { url: "http://host", licenseKey: "sëcret\n" },
        { url: "http://host", licenseKey: "" },
        { url: "http://host", transport: "soap" as "connect" },
      ]) {
        assert.throws(
          () => create(options),
          (error) => error instanceof TypeError && !error.message.includes("sëcret"),
        );
      }
    });

    it("makes one for each protocol, none of which shows the key", () => {
      for (const transport of ["connect", "grpc-web"] as const) {
        const client = create({ url: "https://host/path/", licenseKey: "key-1", transport });
        assert.ok(!inspect(client, { depth: 9 }).includes("key-1"));
        client.close();
      }
    });
  }

  it("makes one for gRPC on Node, the protocol when none is chosen", () => {
    createGatewayClient({ url: "http://host", licenseKey: "key-1" }).close();
  });
});
