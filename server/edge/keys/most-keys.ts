import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../core/error.ts";

/** Every gateway holds all of them in memory, and reads them anew with each change. */
const mostKeys = 10_000;

/** Throws TOO_MANY_KEYS when so many hold that there is no room for one more. */
export function refuseMoreKeys(held: number): void {
  if (held < mostKeys) return;
  throw new GatewayError(
    Code.ResourceExhausted,
    ErrorReason.TOO_MANY_KEYS,
    `${mostKeys} licence keys hold, and no more can. Revoke those that nobody uses.`,
    { metadata: { limit: String(mostKeys) } },
  );
}
