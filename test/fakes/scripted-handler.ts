import type { Call, Endpoint } from "../../server/core/call.ts";
import type { Handler } from "../../server/core/layer.ts";
import type { Reply } from "../../server/core/reply.ts";
import { sampleEndpoint } from "./calls.ts";
import { type ScriptedEvents, type Step, scriptedEvents } from "./scripted-events.ts";

/** A handler that answers by a script and remembers what it was asked. */
export interface ScriptedHandler<C> {
  readonly handle: Handler<C>;
  readonly calls: readonly C[];
}

/** What the handler does with one call: the reply, or an error to throw. */
export type Answer = Reply | { readonly throws: unknown };

/** Answers call after call; the last answer is given again and again. */
export function scriptedHandler<C extends Call>(...answers: readonly Answer[]): ScriptedHandler<C> {
  const calls: C[] = [];
  return {
    calls,
    async handle(call) {
      const answer = answers[Math.min(calls.length, answers.length - 1)];
      calls.push(call);
      if (!answer) throw new Error("the script has no answer");
      if ("throws" in answer) throw answer.throws;
      return answer;
    },
  };
}

/** A reply over scripted events. */
export function scriptedReply(...steps: readonly Step[]): Reply & { events: ScriptedEvents } {
  return replyOver(scriptedEvents(...steps));
}

/** A reply over any events. */
export function replyOver<Events extends Reply["events"]>(
  events: Events,
  endpoint: Endpoint = sampleEndpoint(),
): Reply & { events: Events } {
  return { endpoint, hops: [], events };
}
