import type { Hop } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { RoutedCall } from "../core/call.ts";
import { chainEvents, type Following } from "../core/chain-events.ts";
import { GatewayError } from "../core/error.ts";
import type { Handler, Layer } from "../core/layer.ts";
import type { CompletionEvent, Reply } from "../core/reply.ts";
import { abortError, type LinkedAbort, linkAbort } from "../core/signals.ts";
import { isMendable, isResumable, routeAfter } from "./resumable.ts";
import { openResumeAccount } from "./resume-account.ts";
import { watchSentText } from "./sent-text.ts";

/** How often the rest of one answer is asked for. */
const mostResumes = 2;

/**
 * Asks for the rest of an answer whose stream broke after its first event, where the model can go on with its own text:
 * the caller sees a `hop` event, and the text goes on. Where that cannot be done, the stream ends with the error that it
 * broke with.
 */
export function resume({ isOn }: { readonly isOn: boolean }): Layer<RoutedCall> {
  return {
    name: "resume",
    wrap: (next) => async (call) => {
      const reply = await next(call);
      return isOn && isResumable(call) ? resumed(reply, call, next) : reply;
    },
  };
}

function resumed(first: Reply, call: RoutedCall, next: Handler<RoutedCall>): Reply {
  const sent = watchSentText();
  const account = openResumeAccount(first);
  const asker = createAsker(call, next);

  const follow = async (thrown: unknown): Promise<Following> => {
    const broken = GatewayError.from(thrown);
    const lost = account.broke(broken);
    const mayResume = account.resumes < mostResumes && isMendable(broken) && !call.signal.aborted;
    const route = mayResume ? routeAfter(call.route, account.endpoint) : undefined;
    if (!route || sent.text === undefined) throw account.ended(broken);
    try {
      const rest = await asker.ask({ ...call, route, continued: account.ask(sent.text) });
      account.goesOn(rest);
      return { before: [...lost, ...rest.hops].map(hopEvent), events: rest.events };
    } catch (failure) {
      account.refused(GatewayError.from(failure).hops);
      throw account.ended(call.signal.aborted ? abortError(call.signal) : broken);
    }
  };
  const event = (event: CompletionEvent): CompletionEvent => {
    sent.see(event);
    if (event.case !== "completed") return event;
    return { case: "completed", value: account.completed(event.value) };
  };
  return { ...first, events: chainEvents(first.events, { event, follow, end: asker.end }) };
}

/** Asks for rests, one after the other. */
interface Asker {
  ask(call: RoutedCall): Promise<Reply>;
  /** Nobody reads any more: whoever is being asked is called back. */
  end(): void;
}

/** The reader may leave without the caller being gone, so whoever is asked follows a signal of our own. */
function createAsker({ signal }: RoutedCall, next: Handler<RoutedCall>): Asker {
  let link: LinkedAbort | undefined;
  let isAsking = false;
  return {
    async ask(call) {
      link?.release();
      link = linkAbort(signal);
      isAsking = true;
      try {
        return await next({ ...call, signal: link.signal });
      } finally {
        isAsking = false;
      }
    },
    end() {
      if (isAsking) link?.abort(GatewayError.cancelled());
      link?.release();
    },
  };
}

function hopEvent(hop: Hop): CompletionEvent {
  return { case: "hop", value: hop };
}
