import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import {
  UsageDimension as Dimension,
  type QueryUsageRequest,
  type UsageGrouping,
} from "../../gen/axonflow/gateway/v1/usage_pb.ts";
import { type FieldViolation, GatewayError } from "../core/error.ts";
import type { UsageDimension, UsageQuery } from "../core/ledger.ts";
import { violation } from "./violation.ts";

const mostGroupings = 4;
const mostRows = 1000;
const usualRows = 100;
const usualMs = 24 * 60 * 60 * 1000;

/** What the ledger is asked. `own`: the only licence key whose usage may be seen. Throws INVALID_ARGUMENT. */
export function readUsageQuery(
  request: QueryUsageRequest,
  nowEpochMs: number,
  own: string | undefined,
): UsageQuery {
  const { filter, groupBy, limit = usualRows } = request;
  const toEpochMs = request.to ? timestampMs(request.to) : nowEpochMs;
  const fromEpochMs = request.from ? timestampMs(request.from) : toEpochMs - usualMs;
  const found: FieldViolation[] = [];
  if (!(fromEpochMs < toEpochMs)) found.push(violation("from", "Must be before `to`."));
  if (limit < 1 || limit > mostRows) found.push(violation("limit", `Must be 1 to ${mostRows}.`));
  if (groupBy.length > mostGroupings) {
    found.push(violation("group_by", `At most ${mostGroupings}.`));
  }
  const by = groupBy.map(dimensionOf);
  const repeated = by.findIndex((one, index) =>
    by.slice(0, index).some((other) => isSame(one, other)),
  );
  if (repeated >= 0) found.push(violation(`group_by[${repeated}]`, "Is there twice."));
  const unread = by.indexOf(undefined);
  if (unread >= 0) found.push(violation(`group_by[${unread}]`, "Must be a dimension or a tag."));
  if (found.length > 0) throw GatewayError.invalid(...found);
  return {
    fromEpochMs,
    toEpochMs,
    where: {
      key: keyOf(filter?.key, own),
      tenant: filter?.tenant || undefined,
      provider: filter?.provider || undefined,
      model: filter?.model || undefined,
      tags: filter?.tags,
    },
    by: by.flatMap((dimension) => dimension ?? []),
    limit,
  };
}

const dimensions: ReadonlyMap<Dimension, UsageDimension> = new Map<Dimension, UsageDimension>([
  [Dimension.KEY, "key"],
  [Dimension.TENANT, "tenant"],
  [Dimension.PROVIDER, "provider"],
  [Dimension.REGION, "region"],
  [Dimension.MODEL, "model"],
  [Dimension.KIND, "kind"],
  [Dimension.HOUR, "hour"],
  [Dimension.DAY, "day"],
]);

function dimensionOf({ by }: UsageGrouping): UsageDimension | undefined {
  if (by.case === "tag") return by.value === "" ? undefined : { tag: by.value };
  return by.case && dimensions.get(by.value);
}

function isSame(one: UsageDimension | undefined, other: UsageDimension | undefined): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

function keyOf(asked: string | undefined, own: string | undefined): string | undefined {
  if (own === undefined || !asked || asked === own) return own ?? (asked || undefined);
  const remedy = `Leave the filter out, or ask with a licence key that AXONFLOW_ADMIN_KEYS names.`;
  throw new GatewayError(
    Code.PermissionDenied,
    ErrorReason.PERMISSION_DENIED,
    `The licence key ${own} may see its own usage only. ${remedy}`,
    { metadata: { remedy } },
  );
}
