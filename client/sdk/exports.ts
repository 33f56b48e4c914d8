// What both entries of the SDK export besides their own `createGatewayClient`.
export { Code, type Transport } from "@connectrpc/connect";
export {
  CircuitState,
  type EndpointStatus,
  type GetStatusResponse,
} from "../../gen/axonflow/gateway/v1/admin_pb.ts";
export {
  AuditDecision,
  type AuditEntry,
  AuditEntryKind,
  type AuditProblem,
  type GetAuditEntryResponse,
  type GetInclusionProofResponse,
  type PruneAuditLogResponse,
  type VerifyAuditLogResponse,
} from "../../gen/axonflow/gateway/v1/audit_pb.ts";
export {
  type Completed,
  type CompleteRequest,
  type CompleteResponse,
  type CompleteStreamResponse,
  FinishReason,
  Role,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
export {
  type CreateKeyResponse,
  type KeyGrants,
  KeyState,
  type LicenseKey,
  type RevokeKeyResponse,
  type RotateKeyResponse,
} from "../../gen/axonflow/gateway/v1/key_pb.ts";
export { Lifecycle, type Model, ModelFeature } from "../../gen/axonflow/gateway/v1/model_pb.ts";
export type { Price } from "../../gen/axonflow/gateway/v1/money_pb.ts";
export { type ShadowReport, ShadowVerdict } from "../../gen/axonflow/gateway/v1/shadow_pb.ts";
export {
  BudgetAction,
  BudgetPeriod,
  type BudgetState,
  type QueryUsageResponse,
  UsageDimension,
  type UsageRow,
} from "../../gen/axonflow/gateway/v1/usage_pb.ts";
export type { AdminClient } from "./admin-client.ts";
export type { AuditClient, EntryFilter, EntryPosition, ExportRange } from "./audit-client.ts";
export type { CallOptions } from "./call-options.ts";
export type { CompletionRequest, GatewayClient, ModelFilter } from "./client.ts";
export type { ClientOptions } from "./client-options.ts";
export type { CompletionStream } from "./completion-stream.ts";
export {
  type CallErrorReason,
  type FieldViolation,
  GatewayCallError,
  isGatewayCallError,
} from "./gateway-call-error.ts";
export type { KeyFilter, KeysClient, NewKey, Rotation } from "./keys-client.ts";
export type { UsageClient, UsageRequest } from "./usage-client.ts";
