import { model, openAiModel } from "../answers.ts";
import { createChatLane } from "./chat-lane.ts";
import { createConnectLane } from "./connect-lane.ts";
import { createDirectLane } from "./direct-lane.ts";
import { createGrpcLane } from "./grpc-lane.ts";
import type { Lane, LaneName } from "./lane.ts";

/** Streams that share one HTTP/2 connection, at most; grpc-js clients do the same with one channel per process. */
const streamsPerConnection = 25;

/** Where a lane leads. */
export interface Way {
  readonly lane: LaneName;
  readonly port: number;
  /** Calls at once. */
  readonly concurrency: number;
  /** The stand-in's port: the peer is told with every call where to go. */
  readonly upstreamPort: number;
}

/** Opens a lane. */
export function openLane({ lane, port, concurrency, upstreamPort }: Way): Lane {
  const connections = Math.ceil(concurrency / streamsPerConnection);
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  switch (lane) {
    case "grpc":
      return createGrpcLane(port, connections);
    case "grpc to OpenAI":
      return createGrpcLane(port, connections, { model: openAiModel, provider: "openai" });
    case "connect":
      return createConnectLane(port);
    case "chat to Bedrock":
      return createChatLane({ port, model, headers: portkeyToBedrock(upstream) });
    case "chat to OpenAI":
      return createChatLane({ port, model: openAiModel, headers: portkeyToOpenAi(upstream) });
    case "direct":
      return createDirectLane(port);
  }
}

/** Portkey signs with these keys, as the gateway does with its own. */
function portkeyToBedrock(upstream: string) {
  return {
    "x-portkey-provider": "bedrock",
    "x-portkey-custom-host": upstream,
    "x-portkey-aws-access-key-id": "x",
    "x-portkey-aws-secret-access-key": "y",
    "x-portkey-aws-region": "us-east-1",
  };
}

function portkeyToOpenAi(upstream: string) {
  return {
    "x-portkey-provider": "openai",
    "x-portkey-custom-host": `${upstream}/v1`,
    authorization: "Bearer benchmark-key",
  };
}
