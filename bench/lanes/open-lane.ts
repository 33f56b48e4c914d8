import { createConnectLane } from "./connect-lane.ts";
import { createDirectLane } from "./direct-lane.ts";
import { createGrpcLane } from "./grpc-lane.ts";
import type { Lane, LaneName } from "./lane.ts";

/** Streams that share one HTTP/2 connection, at most; grpc-js clients do the same with one channel per process. */
const streamsPerConnection = 25;

/** Opens a lane to a port for that many calls at once. */
export function openLane(name: LaneName, port: number, concurrency: number): Lane {
  switch (name) {
    case "grpc":
      return createGrpcLane(port, Math.ceil(concurrency / streamsPerConnection));
    case "connect":
      return createConnectLane(port);
    case "direct":
      return createDirectLane(port);
  }
}
