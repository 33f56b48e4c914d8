import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { createGatewayClient as createBrowserClient } from "../../../client/sdk/browser.ts";
import {
  createGatewayClient,
  type GatewayClient,
  isGatewayCallError,
} from "../../../client/sdk/node.ts";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "../../../gen/google/rpc/error_details_pb.ts";
import { completed, delta, started, untilGivenUp } from "../../unit/client/stand-in-gateway.ts";
import { type StandInServer, startStandInServer } from "./stand-in-server.ts";

const licenseKey = "key-of-this-test";

/** Events that the server saw, each a promise of the next one of its kind. */
let reached = Promise.withResolvers<void>();
let givenUp = Promise.withResolvers<void>();

function refuse(): never {
  throw new ConnectError("slow down", Code.ResourceExhausted, undefined, [
    { desc: ErrorInfoSchema, value: { reason: "RATE_LIMITED", metadata: { limit: "5" } } },
    { desc: RequestInfoSchema, value: { requestId: "request-1" } },
    { desc: RetryInfoSchema, value: { retryDelay: durationFromMs(1500) } },
    { desc: BadRequestSchema, value: { fieldViolations: [{ field: "f", description: "d" }] } },
  ]);
}

describe("the SDK over a network", () => {
  let server: StandInServer;
  before(async () => {
    server = await startStandInServer({
      complete: ({ prompt }, { requestHeader }) => {
        if (prompt === "refuse") refuse();
        return { content: `${prompt} ${requestHeader.get("authorization")}` };
      },
      async *completeStream({ prompt }, { signal }) {
        yield started;
        yield delta("Pa");
        if (prompt === "refuse") refuse();
        if (prompt === "cut") return;
        if (prompt === "wait") {
          reached.resolve();
          await untilGivenUp(signal).finally(() => givenUp.resolve());
        }
        yield delta("ris");
        yield completed;
      },
    });
  });
  after(() => server.close());

  const node = (transport: "grpc" | "connect" | "grpc-web") => () =>
    createGatewayClient({
      url: transport === "grpc" ? server.grpcUrl : server.httpUrl,
      licenseKey,
      transport,
    });
  const browser = (transport: "connect" | "grpc-web") => () =>
    createBrowserClient({ url: server.httpUrl, licenseKey, transport });
  for (const [name, create] of [
    ["grpc", node("grpc")],
    ["connect", node("connect")],
    ["grpc-web", node("grpc-web")],
    ["connect with fetch", browser("connect")],
    ["grpc-web with fetch", browser("grpc-web")],
  ] as const) {
    describe(name, () => {
      let client: GatewayClient;
      before(() => {
        client = create();
      });
      after(() => client.close());

      it("asks with the licence key, whole and as a stream", async () => {
        assert.equal((await client.complete("hi")).content, `hi Bearer ${licenseKey}`);
        const stream = client.stream("hi");
        assert.equal(await stream.text(), "Paris");
        assert.equal((await stream.summary()).model, "model-1");
      });

      it("gives every detail of an error, before and in the middle of an answer", async () => {
        for (const call of [client.complete("refuse"), client.stream("refuse").text()]) {
          await assert.rejects(call, (error) => {
            assert.ok(isGatewayCallError(error), String(error));
            assert.equal(error.code, Code.ResourceExhausted);
            assert.equal(error.message, "slow down");
            assert.equal(error.reason, "RATE_LIMITED");
            assert.equal(error.requestId, "request-1");
            assert.equal(error.retryAfterMs, 1500);
            assert.deepEqual(error.violations, [{ field: "f", description: "d" }]);
            assert.deepEqual(error.metadata, { limit: "5" });
            return true;
          });
        }
      });

      it("cancels upstream when its reader leaves the loop", async () => {
        givenUp = Promise.withResolvers();
        for await (const _ of client.stream("wait")) break;
        await givenUp.promise;
      });

      it("cancels upstream when its signal aborts, and says so", async () => {
        reached = Promise.withResolvers();
        givenUp = Promise.withResolvers();
        const abort = new AbortController();
        const text = client.stream("wait", { signal: abort.signal }).text();
        void reached.promise.then(() => abort.abort());
        await assert.rejects(text, (error) => isGatewayCallError(error, "CANCELLED"));
        await givenUp.promise;
      });

      it("ends at its deadline, with the request id of the stream that it cut", async () => {
        const text = client.stream("wait", { timeoutMs: 100 }).text();
        await assert.rejects(text, (error) => isGatewayCallError(error, "DEADLINE_EXCEEDED"));
      });

      it("tells a stream that was cut from one that is whole", async () => {
        await assert.rejects(client.stream("cut").text(), (error) => {
          assert.ok(isGatewayCallError(error, "STREAM_TRUNCATED"));
          assert.equal(error.requestId, "request-1");
          return true;
        });
      });

      it("cancels what runs when the client is closed", async () => {
        reached = Promise.withResolvers();
        givenUp = Promise.withResolvers();
        const closing = create();
        const text = closing.stream("wait").text();
        void reached.promise.then(() => closing.close());
        await assert.rejects(text, (error) => isGatewayCallError(error, "CANCELLED"));
        await givenUp.promise;
      });
    });
  }

  it("says UNAVAILABLE, and no reason, where nobody listens", async () => {
    for (const transport of ["grpc", "connect", "grpc-web"] as const) {
      const client = createGatewayClient({ url: "http://127.0.0.1:1", transport });
      await assert.rejects(client.complete("hi"), (error) => {
        assert.ok(isGatewayCallError(error));
        assert.deepEqual([error.code, error.reason], [Code.Unavailable, undefined]);
        return true;
      });
    }
  });
});
