import { tapEvents } from "../core/events.ts";
import type { Handler } from "../core/layer.ts";
import type { Instruments } from "./instruments.ts";
import { ownAttributes } from "./semconv.ts";

/** Counts the calls that are being answered, each until its last event has left or its caller has. */
export function countOpenCalls(next: Handler, { openCalls }: Instruments): Handler {
  return async (call) => {
    const about = { [ownAttributes.delivery]: call.delivery };
    openCalls.add(1, about);
    const end = () => openCalls.add(-1, about);
    try {
      const reply = await next(call);
      return { ...reply, events: tapEvents(reply.events, { end }) };
    } catch (error) {
      end();
      throw error;
    }
  };
}
