import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type KeyGrants as GrantsMessage,
  KeyGrantsSchema,
  KeyState,
  type LicenseKey as LicenseKeyMessage,
  LicenseKeySchema,
} from "../../../gen/axonflow/gateway/v1/key_pb.ts";
import { toContractPeriod } from "../../core/budget-periods.ts";
import type { KeyGrants } from "../../core/key-grants.ts";
import type { KeyRecord } from "../../core/key-store.ts";
import type { LicenseKey } from "../../core/license-keys.ts";
import type { RateLimits } from "../../core/policy.ts";

/** A key of the store in the words of the contract. */
export function recordView(record: KeyRecord, nowEpochMs: number): LicenseKeyMessage {
  const { id, name, tenant, grants, prefix, createdEpochMs, createdBy, revokedEpochMs } = record;
  return create(LicenseKeySchema, {
    id,
    name,
    tenant,
    grants: grantsView(grants),
    prefix,
    state: stateOf(record, nowEpochMs),
    createTime: timestampFromMs(createdEpochMs),
    createdBy,
    ...(revokedEpochMs !== undefined && { revokeTime: timestampFromMs(revokedEpochMs) }),
    replacedBy: record.replacedBy ?? "",
  });
}

/** A key of the configuration in the words of the contract. */
export function configuredView({ name, tenant = "", grants }: LicenseKey): LicenseKeyMessage {
  return create(LicenseKeySchema, {
    name,
    tenant,
    state: KeyState.CONFIGURED,
    ...(grants && { grants: grantsView(grants) }),
  });
}

/** Whether calls may use it at that moment. */
export function holds({ revokedEpochMs }: KeyRecord, nowEpochMs: number): boolean {
  return revokedEpochMs === undefined || nowEpochMs < revokedEpochMs;
}

function stateOf(record: KeyRecord, nowEpochMs: number): KeyState {
  if (record.revokedEpochMs === undefined) return KeyState.ACTIVE;
  return holds(record, nowEpochMs) ? KeyState.ENDING : KeyState.REVOKED;
}

/** What a key may do in the words of the contract. */
export function grantsView(grants: KeyGrants): GrantsMessage {
  const { models, providers, regions, policies, budgets, rates } = grants;
  return create(KeyGrantsSchema, {
    allowedModels: [...models],
    allowedProviders: [...providers],
    allowedRegions: [...regions],
    policies: [...policies],
    budgets: budgets.map(({ period, rolling, limitNanoUsd }) => ({
      period: toContractPeriod(period),
      rolling,
      limitNanoUsd,
    })),
    ...(rates && { rates: ratesView(rates) }),
  });
}

function ratesView({ requestsPerMinute, tokensPerMinute, concurrentStreams }: RateLimits) {
  return {
    ...(requestsPerMinute !== undefined && { requestsPerMinute: BigInt(requestsPerMinute) }),
    ...(tokensPerMinute !== undefined && { tokensPerMinute: BigInt(tokensPerMinute) }),
    ...(concurrentStreams !== undefined && { concurrentStreams: BigInt(concurrentStreams) }),
  };
}
