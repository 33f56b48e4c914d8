import { createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { CompletionService } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Delivery } from "../../../server/core/call.ts";
import type { TestGateway } from "../gateway/gateway.ts";

/** What an answer says about its tokens and cost; undefined for a call that failed. */
export interface Told {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: number;
  readonly hops: number;
}

/** One way into the gateway, asked with a header `traceparent`. */
export interface Lane {
  readonly name: string;
  /** The attributes of its SERVER span that tell the protocol. */
  readonly system: Readonly<Record<string, string>>;
  ask(delivery: Delivery, model: string, traceparent: string): Promise<Told | undefined>;
}

const prompt = "What is the capital of France?";

type Urls = Pick<TestGateway, "httpUrl" | "grpcUrl" | "licenseKey">;

/** Every lane there is. */
export function lanesOf({ httpUrl, grpcUrl, licenseKey }: Urls): readonly Lane[] {
  const http1 = { httpVersion: "1.1" } as const;
  const grpc = { "rpc.system.name": "grpc" };
  return [
    contractLane("gRPC", grpc, licenseKey, (interceptors) =>
      createGrpcTransport({ baseUrl: grpcUrl, interceptors }),
    ),
    contractLane("gRPC on the HTTP port", grpc, licenseKey, (interceptors) =>
      createGrpcTransport({ baseUrl: httpUrl, interceptors }),
    ),
    contractLane("Connect", { "rpc.system.name": "connectrpc" }, licenseKey, (interceptors) =>
      createConnectTransport({ baseUrl: httpUrl, interceptors, ...http1 }),
    ),
    contractLane("gRPC-Web", grpc, licenseKey, (interceptors) =>
      createGrpcWebTransport({ baseUrl: httpUrl, interceptors, ...http1 }),
    ),
    restLane(httpUrl, licenseKey),
  ];
}

function contractLane(
  name: string,
  system: Readonly<Record<string, string>>,
  licenseKey: string,
  transportWith: (interceptors: Interceptor[]) => Transport,
): Lane {
  const authorize: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${licenseKey}`);
    return next(request);
  };
  const client = createClient(CompletionService, transportWith([authorize]));
  const summaryOf = async (delivery: Delivery, model: string, traceparent: string) => {
    const options = { headers: { traceparent } };
    if (delivery === "unary") return client.complete({ prompt, model }, options);
    for await (const { event } of client.completeStream({ prompt, model }, options)) {
      if (event.case === "completed") return event.value;
    }
    throw new Error("the stream ended without a summary");
  };
  return {
    name,
    system,
    async ask(delivery, model, traceparent) {
      const summary = await summaryOf(delivery, model, traceparent).catch(() => undefined);
      if (!summary) return undefined;
      const { usage, cost, hops } = summary;
      return {
        inputTokens: usage?.inputTokens ?? 0,
        outputTokens: usage?.outputTokens ?? 0,
        costNanoUsd: Number(cost?.nanoUsd ?? 0n),
        hops: hops.length,
      };
    },
  };
}

function restLane(httpUrl: string, licenseKey: string): Lane {
  return {
    name: "REST",
    system: { "http.request.method": "POST", "http.route": "/v1/complete" },
    async ask(delivery, model, traceparent) {
      const response = await fetch(`${httpUrl}/v1/complete`, {
        method: "POST",
        headers: { authorization: `Bearer ${licenseKey}`, traceparent },
        body: JSON.stringify({ prompt, model, stream: delivery === "stream" }),
      });
      const text = await response.text();
      const [, last] = /event: completed\ndata: (.*)\n/.exec(text) ?? [];
      if (!response.ok || (delivery === "stream" && !last)) return undefined;
      const { usage, cost_usd: costUsd, hops } = JSON.parse(last ?? text);
      return {
        inputTokens: usage.input_tokens,
        outputTokens: usage.output_tokens,
        costNanoUsd: Math.round(costUsd * 1e9),
        hops: hops.length,
      };
    },
  };
}
