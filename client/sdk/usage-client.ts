import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { createClient, type Transport } from "@connectrpc/connect";
import {
  type BudgetState,
  QueryUsageRequestSchema,
  type QueryUsageResponse,
  UsageService,
} from "../../gen/axonflow/gateway/v1/usage_pb.ts";
import type { CallOnce } from "./admin-client.ts";
import type { CallOptions } from "./call-options.ts";

/** Which calls are added up, and how; what is left out is the last 24 hours, in one sum. */
export type UsageRequest = MessageInitShape<typeof QueryUsageRequestSchema>;

/**
 * What calls took and cost, and what may still be spent. A licence key that the gateway's AXONFLOW_ADMIN_KEYS does not name
 * sees its own only.
 */
export interface UsageClient {
  query(request?: UsageRequest, options?: CallOptions): Promise<QueryUsageResponse>;
  listBudgets(options?: CallOptions): Promise<readonly BudgetState[]>;
}

export function createUsageClient(transport: Transport, callOnce: CallOnce): UsageClient {
  const usage = createClient(UsageService, transport);
  return {
    query(request = {}, options) {
      const message = create(QueryUsageRequestSchema, request);
      return callOnce((sent) => usage.queryUsage(message, sent), options);
    },
    async listBudgets(options) {
      const { budgets } = await callOnce((sent) => usage.listBudgets({}, sent), options);
      return budgets;
    },
  };
}
