import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt, Call, RoutedCall } from "../../server/core/call.ts";
import { GatewayError } from "../../server/core/error.ts";
import type { Handler } from "../../server/core/layer.ts";
import type { CompletionEvent, Reply } from "../../server/core/reply.ts";
import { createShadow, type ShadowOptions } from "../../server/shadow/shadow.ts";
import { sampleEndpoint, sampleRoutedCall } from "./calls.ts";
import { completedEvent, textEvent } from "./completion-events.ts";
import { createManualClock } from "./manual-clock.ts";
import { type Step, scriptedEvents } from "./scripted-events.ts";
import { replyOver, scriptedHandler } from "./scripted-handler.ts";
import { createResultBox, sampleShadowOptions } from "./shadow-options.ts";

/** Where the primary answers. */
export const openai = sampleEndpoint({
  provider: "openai",
  region: "global",
  model: "gpt-4-turbo",
});
/** Where the shadow answers. */
export const bedrock = sampleEndpoint();

/** A reply of either, by steps. */
export const primarySays = (...steps: readonly Step[]) =>
  replyOver(scriptedEvents(...steps), openai);
export const shadowSays = (...steps: readonly Step[]) =>
  replyOver(scriptedEvents(...steps), bedrock);
/** Two answers that differ. */
export const paris = () => primarySays(textEvent("It is "), textEvent("Paris."), completedEvent());
export const lyon = () => shadowSays(textEvent("It is Lyon."), completedEvent());
/** A call that the primary is asked first for. */
export const call = (change: Partial<Call> = {}): RoutedCall => sampleRoutedCall([openai], change);

/** An error that has nothing to do with shadow mode. */
export const throttled = new GatewayError(
  Code.ResourceExhausted,
  ErrorReason.PROVIDER_THROTTLED,
  "Too many.",
);

/** Reads a reply to its end. */
export async function readAll(reply: Reply): Promise<CompletionEvent[]> {
  const events: CompletionEvent[] = [];
  for await (const event of reply.events) events.push(event);
  return events;
}

/** Shadow mode over a primary and a shadow that follow scripts. */
export function stage(
  primary: Handler<RoutedCall>,
  ask: Handler<Attempt>,
  change: Partial<ShadowOptions> = {},
) {
  const clock = createManualClock();
  const box = createResultBox();
  const shadow = createShadow(sampleShadowOptions({ clock, sink: box, ask, ...change }));
  return { handle: shadow.layer.wrap(primary), box, clock, close: shadow.close };
}

/** What is the same for every copy: the primary says Paris. */
export async function askOnce(
  ask: Handler<Attempt>,
  change: Partial<ShadowOptions> = {},
  asked = call(),
  primary: Reply = paris(),
) {
  const staged = stage(scriptedHandler<RoutedCall>(primary).handle, ask, change);
  const events = await readAll(await staged.handle(asked));
  return { ...staged, events };
}
