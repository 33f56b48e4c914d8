import { type Hop, HopReason } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, RoutedCall } from "../core/call.ts";
import { GatewayError } from "../core/error.ts";
import type { Layer } from "../core/layer.ts";

/** One pass over the route's endpoints; stops at the first reply, or at the first error that no endpoint can mend. */
export function failover(): Layer<RoutedCall, Attempt> {
  return {
    name: "failover",
    wrap: (next) => async (call) => {
      const failed: Hop[] = [];
      let last: GatewayError | undefined;
      for (const [index, endpoint] of call.route.endpoints.entries()) {
        try {
          const reply = await next({
            ...call,
            endpoint,
            number: index + 1,
            reason: index === 0 ? HopReason.FIRST : HopReason.FAILOVER,
          });
          return { ...reply, hops: [...failed, ...reply.hops] };
        } catch (thrown) {
          last = GatewayError.from(thrown);
          failed.push(...last.hops);
          if (last.retry === "never" || call.signal.aborted) break;
        }
      }
      throw GatewayError.from(last).with({ hops: failed });
    },
  };
}
