import { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import {
  AdminService,
  type DrainPlaceRequest,
  type GetStatusRequest,
  type ReloadRequest,
  type SetRoutingWeightsRequest,
  type UndrainPlaceRequest,
} from "../../../gen/axonflow/gateway/v1/admin_pb.ts";
import {
  AuditService,
  type ExportAuditLogRequest,
  type GetAuditEntryRequest,
  type GetInclusionProofRequest,
  type ListAuditEntriesRequest,
  type PruneAuditLogRequest,
  type VerifyAuditLogRequest,
} from "../../../gen/axonflow/gateway/v1/audit_pb.ts";
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
import { type Address, type Door, overdueGraceMs } from "../door.ts";
import type { Front } from "../front.ts";
import type { Transport } from "../transport/transport.ts";
import { contractFiles } from "./contract-files.ts";
import { streamHandler, unaryHandler } from "./handlers.ts";
import { serveHealth } from "./health.ts";
import { listenForGrpc } from "./listen.ts";
import { createReception, type Reception } from "./reception.ts";
import { serviceDefinition } from "./service-definition.ts";

/** Opens the gRPC lane: the contract's services, health and reflection, by grpc-js. */
export async function openGrpcDoor(
  front: Front,
  address: Address,
  transport: Transport,
): Promise<Door> {
  const reception = createReception(front);
  const server = new Server({
    interceptors: [reception.interceptor],
    // Statistics that nobody can read here, kept for every call and message.
    "grpc.enable_channelz": 0,
    "grpc.max_receive_message_length": front.maxMessageBytes,
    "grpc.max_send_message_length": -1,
  });
  addServices(server, front, reception);
  const health = serveHealth(server, watchedServices, front.readiness);
  new ReflectionService(contractFiles()).addToServer(server);
  const listening = await listenForGrpc(address, {
    server,
    transport,
    streamLimitMs: front.callTimeoutMs + overdueGraceMs,
    arriving: reception.arriving,
  });
  return {
    name: "gRPC",
    port: listening.port,
    refuse() {
      health.refuse();
      listening.refuse();
    },
    dismiss() {},
    close() {
      health.close();
      return listening.close();
    },
  };
}

const watchedServices = [
  CompletionService.typeName,
  ModelService.typeName,
  ShadowService.typeName,
  UsageService.typeName,
  AdminService.typeName,
  AuditService.typeName,
];

function addServices(server: Server, front: Front, reception: Reception): void {
  const { intake, models, shadowReports, usage, admin, keys, audit } = front;
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
  server.addService(serviceDefinition(AuditService), {
    ListAuditEntries: unaryHandler<ListAuditEntriesRequest>(front, reception, audit.list),
    GetAuditEntry: unaryHandler<GetAuditEntryRequest>(front, reception, audit.get),
    GetInclusionProof: unaryHandler<GetInclusionProofRequest>(front, reception, audit.prove),
    VerifyAuditLog: unaryHandler<VerifyAuditLogRequest>(front, reception, audit.verify),
    ExportAuditLog: streamHandler<ExportAuditLogRequest>(front, reception, audit.copy),
    PruneAuditLog: unaryHandler<PruneAuditLogRequest>(front, reception, audit.prune),
  });
}
