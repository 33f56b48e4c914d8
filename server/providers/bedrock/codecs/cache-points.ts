import type {
  CachePoint,
  CompleteRequest,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { GatewayError } from "../../../core/error.ts";

/** The most cache points of one request (AWS: Prompt caching; Anthropic: Prompt caching). */
const mostCachePoints = 4;

/** How long an entry lives that is to live longer than the usual five minutes. */
export type LongTtl = "1h";

/** The ttl to write for a cache point; undefined for five minutes, which is what providers do unasked. */
export function cacheTtlOf({ ttl }: CachePoint, field: string): LongTtl | undefined {
  if (!ttl || (ttl.seconds === 300n && ttl.nanos === 0)) return undefined;
  if (ttl.seconds === 3600n && ttl.nanos === 0) return "1h";
  throw GatewayError.invalid({
    field: `${field}.ttl`,
    description: "Must be 300s or 3600s, or left out for 300s.",
  });
}

/**
 * Refuses more cache points than a model takes, and one that lives an hour after one that lives five minutes: providers
 * want the longer ones first.
 */
export function checkCachePoints(request: CompleteRequest): void {
  const points = cachePointsOf(request);
  const extra = points[mostCachePoints];
  if (extra) {
    const description = `At most ${mostCachePoints} cache points, that of system included.`;
    throw GatewayError.invalid({ field: extra.field, description });
  }
  const ttls = points.map(({ point, field }) => ({ ttl: cacheTtlOf(point, field), field }));
  const firstShort = ttls.findIndex(({ ttl }) => ttl === undefined);
  const late = ttls.find(({ ttl }, at) => ttl === "1h" && firstShort !== -1 && at > firstShort);
  if (late) {
    const description = "Cache points of an hour must come before those of five minutes.";
    throw GatewayError.invalid({ field: `${late.field}.ttl`, description });
  }
}

/** The path of the first cache point that is to live an hour; undefined when there is none. */
export function longCachePointOf(request: CompleteRequest): string | undefined {
  return cachePointsOf(request).find(({ point, field }) => cacheTtlOf(point, field) === "1h")
    ?.field;
}

/** Every cache point in the order in which a provider reads them. */
function cachePointsOf({ systemCachePoint, messages }: CompleteRequest) {
  const inMessages = messages.flatMap(({ content }, turn) =>
    content.flatMap(({ block }, at) =>
      block.case === "cachePoint"
        ? [{ point: block.value, field: `messages[${turn}].content[${at}].cache_point` }]
        : [],
    ),
  );
  if (!systemCachePoint) return inMessages;
  return [{ point: systemCachePoint, field: "system_cache_point" }, ...inMessages];
}
