import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { runAxonflow } from "./command.ts";

describe("axonflow health", { concurrency: 4 }, () => {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    response.writeHead(request.headers.host?.startsWith("127.0.0.1") ? 200 : 503).end("{}");
  });
  let port: number;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  it("is 0 when the gateway of this machine takes calls, by the port of its own environment", async () => {
    const ready = await runAxonflow(["health"], { AXONFLOW_HTTP_PORT: String(port) });
    assert.deepEqual(ready, { status: 0, stdout: "ready\n", stderr: "" });
    assert.deepEqual(new Set(paths), new Set(["/readyz"]));
  });

  for (const [claim, args, status, words] of [
    ["1 when it is draining", () => ["--url", `http://localhost:${port}`], 1, /not ready: 503/],
    ["1 when nobody is there", () => ["--url", "http://127.0.0.1:1"], 1, /not ready: /],
    ["2 for what is no URL", () => ["--url", "gateway"], 2, /--url gateway is no URL/],
    ["2 for an option that it does not know", () => ["--port", "1"], 2, /--port/],
  ] as const) {
    it(`is ${claim}`, async () => {
      const ended = await runAxonflow(["health", ...args()], {});
      assert.equal(ended.status, status);
      assert.match(ended.stdout + ended.stderr, words);
    });
  }
});
