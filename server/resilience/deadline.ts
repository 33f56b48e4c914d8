import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import { tapEvents } from "../core/events.ts";
import type { Layer } from "../core/layer.ts";
import { linkAbort } from "../core/signals.ts";

/** Ends everything below when the call's deadline passes: the attempt under way is aborted, the stream ends typed. */
export function deadline({ clock }: { clock: Clock }): Layer {
  return {
    name: "deadline",
    wrap: (next) => async (call) => {
      const link = linkAbort(call.signal);
      const disarm = clock.after(call.deadlineMs - clock.now(), () =>
        link.abort(GatewayError.deadlineExceeded()),
      );
      const end = () => {
        disarm();
        link.release();
      };
      try {
        const reply = await next({ ...call, signal: link.signal });
        return { ...reply, events: tapEvents(reply.events, { end }) };
      } catch (error) {
        end();
        throw error;
      }
    },
  };
}
