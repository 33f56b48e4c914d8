import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import type { Delivery } from "../../../../server/core/call.ts";
import type { Provider } from "../../../../server/core/provider.ts";
import { createBedrockProvider } from "../../../../server/providers/bedrock/provider.ts";
import { sampleAttempt, sampleEndpoint, sampleRequest } from "../../../fakes/calls.ts";
import { refusalOf } from "../../../fakes/outcomes.ts";

const llama = sampleEndpoint({ family: "llama", model: "meta.llama3-8b-instruct-v1:0" });

describe("a request that asks too much of a model", () => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests++;
    response.writeHead(400, { "x-amzn-errortype": "ValidationException" }).end("{}");
  });
  let provider: Provider;

  before(async () => {
    process.env.AWS_ACCESS_KEY_ID = "EXAMPLEKEYID";
    process.env.AWS_SECRET_ACCESS_KEY = "example-secret";
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const endpointUrl = `http://127.0.0.1:${port}`;
    provider = createBedrockProvider({ region: "us-east-1", endpointUrl });
  });

  after(() => {
    provider.close();
    server.closeAllConnections();
    server.close();
  });

  for (const delivery of ["unary", "stream"] as const satisfies readonly Delivery[]) {
    const ask = (topK?: number) => {
      const request = sampleRequest(topK === undefined ? {} : { topK });
      return provider.complete(sampleAttempt({ endpoint: llama, delivery, request }));
    };

    it(`is refused before anything is sent, ${delivery}`, async () => {
      requests = 0;
      const error = await refusalOf(() => ask(40));
      assert.equal(error.code, Code.InvalidArgument);
      assert.deepEqual(
        error.violations.map(({ field }) => field),
        ["top_k"],
      );
      assert.equal(requests, 0);
    });

    it(`is what the provider is spared: any other arrives, ${delivery}`, async () => {
      requests = 0;
      await refusalOf(() => ask());
      assert.equal(requests, 1);
    });
  }
});
