import { createContractCaller } from "./contract-caller.ts";
import type { DoorCaller } from "./door-caller.ts";
import type { TestGateway } from "./gateway.ts";
import { createRestCaller } from "./rest-caller.ts";

/** A caller for every way in: the three doors, and each protocol of the Connect door. */
export function createCallers(
  gateway: Pick<TestGateway, "httpUrl" | "grpcUrl" | "licenseKey">,
): readonly DoorCaller[] {
  return [
    createContractCaller("gRPC", "grpc", gateway.grpcUrl, gateway.licenseKey),
    createContractCaller("Connect", "connect", gateway.httpUrl, gateway.licenseKey),
    createContractCaller("gRPC-Web", "grpc-web", gateway.httpUrl, gateway.licenseKey),
    createContractCaller("gRPC on the HTTP port", "grpc", gateway.httpUrl, gateway.licenseKey),
    createRestCaller(gateway.httpUrl, gateway.licenseKey),
  ];
}
