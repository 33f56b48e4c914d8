import { type Duration, durationMs } from "@bufbuild/protobuf/wkt";
import { GatewayError } from "../../core/error.ts";
import { violation } from "../violation.ts";

const longestMs = 30 * 24 * 60 * 60 * 1000;

/** How long a rotated key still holds, in milliseconds. Throws INVALID_ARGUMENT. */
export function readGracePeriodMs(gracePeriod: Duration | undefined): number {
  const graceMs = gracePeriod ? durationMs(gracePeriod) : 0;
  if (graceMs >= 0 && graceMs <= longestMs) return graceMs;
  throw GatewayError.invalid(violation("grace_period", "Must be 0 to 30 days."));
}
