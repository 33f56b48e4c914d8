import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";
import {
  AdminService,
  type DrainPlaceRequest,
  type GetStatusRequest,
  type ReloadRequest,
  type SetRoutingWeightsRequest,
  type UndrainPlaceRequest,
} from "../../../gen/axonflow/gateway/v1/admin_pb.ts";
import {
  type CompleteRequest,
  CompletionService,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type {
  CreateKeyRequest,
  ListKeysRequest,
  RevokeKeyRequest,
  RotateKeyRequest,
} from "../../../gen/axonflow/gateway/v1/key_pb.ts";
import {
  type GetModelRequest,
  type ListModelsRequest,
  ModelService,
} from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import {
  type GetShadowReportRequest,
  ShadowService,
} from "../../../gen/axonflow/gateway/v1/shadow_pb.ts";
import {
  type ListBudgetsRequest,
  type QueryUsageRequest,
  UsageService,
} from "../../../gen/axonflow/gateway/v1/usage_pb.ts";
import { type Address, closingGraceMs, type Door } from "../door.ts";
import type { Front } from "../front.ts";
import { contractFiles } from "./contract-files.ts";
import { streamHandler, unaryHandler } from "./handlers.ts";
import { createReception, type Reception } from "./reception.ts";
import { serviceDefinition } from "./service-definition.ts";

/** A peer that has gone without a word is noticed after a minute and a half. */
const keepaliveMs = 60_000;
const keepaliveTimeoutMs = 30_000;

/** Streams one connection may have open at once; more wait at the client. */
const maxConcurrentStreams = 1000;

/** Opens the gRPC lane: the contract's services, health and reflection, by grpc-js over cleartext HTTP/2. */
export async function openGrpcDoor(front: Front, { host, port }: Address): Promise<Door> {
  const reception = createReception(front);
  const server = new Server({
    interceptors: [reception.interceptor],
    // Statistics that nobody can read here, kept for every call and message.
    "grpc.enable_channelz": 0,
    "grpc.max_receive_message_length": front.maxMessageBytes,
    "grpc.max_send_message_length": -1,
    "grpc.max_concurrent_streams": maxConcurrentStreams,
    "grpc.keepalive_time_ms": keepaliveMs,
    "grpc.keepalive_timeout_ms": keepaliveTimeoutMs,
  });
  addServices(server, front, reception);
  const health = new HealthImplementation(statusOfAll("SERVING"));
  health.addToServer(server);
  new ReflectionService(contractFiles()).addToServer(server);
  const bound = await bind(server, `${host.includes(":") ? `[${host}]` : host}:${port}`);
  return {
    name: "gRPC",
    port: bound,
    refuse() {
      for (const service of watchedServices) health.setStatus(service, "NOT_SERVING");
    },
    close: () => closeWithin(server, closingGraceMs),
  };
}

/** The empty name is the server as a whole (gRPC health checking protocol). */
const watchedServices = [
  "",
  CompletionService.typeName,
  ModelService.typeName,
  ShadowService.typeName,
  UsageService.typeName,
  AdminService.typeName,
];

function statusOfAll(status: "SERVING") {
  return Object.fromEntries(watchedServices.map((service) => [service, status]));
}

function addServices(server: Server, front: Front, reception: Reception): void {
  const { intake, models, shadowReports, usage, admin, keys } = front;
  server.addService(serviceDefinition(CompletionService), {
    Complete: unaryHandler<CompleteRequest>(front, reception, intake.complete),
    CompleteStream: streamHandler<CompleteRequest>(front, reception, intake.stream),
  });
  server.addService(serviceDefinition(ModelService), {
    ListModels: unaryHandler<ListModelsRequest>(front, reception, models.list),
    GetModel: unaryHandler<GetModelRequest>(front, reception, models.get),
  });
  server.addService(serviceDefinition(ShadowService), {
    GetShadowReport: unaryHandler<GetShadowReportRequest>(front, reception, shadowReports.get),
  });
  server.addService(serviceDefinition(UsageService), {
    QueryUsage: unaryHandler<QueryUsageRequest>(front, reception, usage.query),
    ListBudgets: unaryHandler<ListBudgetsRequest>(front, reception, usage.listBudgets),
  });
  server.addService(serviceDefinition(AdminService), {
    GetStatus: unaryHandler<GetStatusRequest>(front, reception, admin.getStatus),
    SetRoutingWeights: unaryHandler<SetRoutingWeightsRequest>(
      front,
      reception,
      admin.setRoutingWeights,
    ),
    DrainPlace: unaryHandler<DrainPlaceRequest>(front, reception, admin.drainPlace),
    UndrainPlace: unaryHandler<UndrainPlaceRequest>(front, reception, admin.undrainPlace),
    Reload: unaryHandler<ReloadRequest>(front, reception, admin.reload),
    CreateKey: unaryHandler<CreateKeyRequest>(front, reception, keys.create),
    ListKeys: unaryHandler<ListKeysRequest>(front, reception, keys.list),
    RevokeKey: unaryHandler<RevokeKeyRequest>(front, reception, keys.revoke),
    RotateKey: unaryHandler<RotateKeyRequest>(front, reception, keys.rotate),
  });
}

/** Does not rely on `tryShutdown` calling back once `forceShutdown` has cut its sessions short. */
function closeWithin(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const overdue = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, graceMs);
    server.tryShutdown(() => {
      clearTimeout(overdue);
      resolve();
    });
  });
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}
