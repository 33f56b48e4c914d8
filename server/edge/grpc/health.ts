import type { Server } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import type { Readiness } from "../readiness.ts";

/** The gRPC health service of one server. */
export interface GrpcHealth {
  /** Says NOT_SERVING from now on. */
  refuse(): void;
  close(): void;
}

/** Watchers are told of a change within this time, in milliseconds. */
const lookEveryMs = 500;

/** Serves the readiness of the gateway for each of these services, and for the empty name, which is the server as a whole. */
export function serveHealth(
  server: Server,
  services: readonly string[],
  readiness: Readiness,
): GrpcHealth {
  const statuses = (isServing: boolean) => {
    const status = isServing ? "SERVING" : "NOT_SERVING";
    return Object.fromEntries(["", ...services].map((service) => [service, status] as const));
  };
  let { isReady } = readiness();
  const health = new HealthImplementation(statuses(isReady));
  health.addToServer(server);

  const say = (isServing: boolean) => {
    isReady = isServing;
    for (const [service, status] of Object.entries(statuses(isServing))) {
      health.setStatus(service, status);
    }
  };
  const look = setInterval(() => {
    const now = readiness().isReady;
    if (now !== isReady) say(now);
  }, lookEveryMs).unref();
  return {
    refuse() {
      clearInterval(look);
      say(false);
    },
    close: () => clearInterval(look),
  };
}
