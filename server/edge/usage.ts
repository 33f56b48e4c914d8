import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type BudgetState,
  type ListBudgetsRequest,
  type ListBudgetsResponse,
  ListBudgetsResponseSchema,
  type QueryUsageRequest,
  type QueryUsageResponse,
  QueryUsageResponseSchema,
  type UsageRow,
  UsageRowSchema,
} from "../../gen/axonflow/gateway/v1/usage_pb.ts";
import type { Principal } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { Ledger, UsageSum } from "../core/ledger.ts";
import type { Gate } from "./gate.ts";
import type { Caller } from "./intake.ts";
import { readUsageQuery } from "./usage-query.ts";

type Reader = Pick<Caller, "principal">;

/** What the doors answer for UsageService. */
export interface Usage {
  query(request: QueryUsageRequest, reader: Reader): Promise<QueryUsageResponse>;
  listBudgets(request: ListBudgetsRequest, reader: Reader): Promise<ListBudgetsResponse>;
}

export interface UsageOptions {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, "usage">;
  /** The state of budgets: of all, or of those that are one licence key's own or its tenant's. */
  readonly budgets: (reader: Principal | undefined) => Promise<readonly BudgetState[]>;
  /** Whether somebody may see what is not their own. */
  readonly isAdmin: (principal: Principal) => boolean;
}

/** Usage and budgets behind the doors. */
export function createUsage({ gate, clock, ledger, budgets, isAdmin }: UsageOptions): Usage {
  return {
    async query(request, { principal }) {
      gate.enter().leave();
      const own = isAdmin(principal) ? undefined : principal.name;
      const query = readUsageQuery(request, clock.epochMs(), own);
      const [rows, [total]] = await Promise.all([
        ledger.usage(query),
        ledger.usage({ ...query, by: [], limit: 1 }),
      ]);
      return create(QueryUsageResponseSchema, {
        rows: rows.map(rowOf),
        total: total ? rowOf(total) : create(UsageRowSchema),
        from: timestampFromMs(query.fromEpochMs),
        to: timestampFromMs(query.toEpochMs),
      });
    },
    async listBudgets(_, { principal }) {
      gate.enter().leave();
      const found = await budgets(isAdmin(principal) ? undefined : principal);
      return create(ListBudgetsResponseSchema, { budgets: [...found] });
    },
  };
}

function rowOf({ values, ...sums }: UsageSum): UsageRow {
  return create(UsageRowSchema, { ...sums, values: [...values] });
}
