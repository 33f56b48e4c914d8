import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type CompleteRequestSchema,
  Role,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call } from "../../../../server/core/call.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import type { Handler } from "../../../../server/core/layer.ts";
import type { CompletionEvent, Reply } from "../../../../server/core/reply.ts";
import { contentFilter } from "../../../../server/policies/content-filter/content-filter.ts";
import { textBlock } from "../../../fakes/calls.ts";
import { completedEvent } from "../../../fakes/completion-events.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { samplePolicies } from "../../../fakes/policies.ts";
import { scriptedHandler, scriptedReply } from "../../../fakes/scripted-handler.ts";
import { type Forbidden, rulesOf } from "./rules.ts";

interface Options {
  readonly guardrail?: string;
  readonly next?: Handler;
}

/** The layer over a handler, with the rules of one policy. */
export function setUp(forbidden: Forbidden, { guardrail, next }: Options = {}) {
  const clock = createManualClock();
  const refusals: GatewayError[] = [];
  const content = rulesOf(forbidden);
  const handler = scriptedHandler<Call>(scriptedReply(completedEvent()));
  const layer = contentFilter({
    clock,
    guardrail,
    policiesFor: () => samplePolicies({ content }),
    onBlocked: (refusal) => refusals.push(refusal),
  });
  return { clock, refusals, handler, handle: layer.wrap(next ?? handler.handle) };
}

/** What most tests forbid. */
export const forbidden: Forbidden = { words: ["grant proposal"] };

/** A request as tests write it. */
export type Request = MessageInitShape<typeof CompleteRequestSchema>;

/** A request of one message with these texts. */
export const asking = (...texts: readonly string[]) => ({
  messages: [{ role: Role.USER, content: texts.map(textBlock) }],
});

/** A request of one message of the user's. */
export const user = (
  ...content: NonNullable<NonNullable<Request["messages"]>[number]["content"]>
) => ({
  messages: [{ role: Role.USER, content }],
});

/** All events of a good answer. */
export async function eventsOf({ events }: Reply): Promise<CompletionEvent[]> {
  return Array.fromAsync(events);
}

/** What came out of an answer before its end, and the end. */
export async function readOut(reply: Reply): Promise<{ text: string; error?: GatewayError }> {
  let text = "";
  try {
    for await (const event of reply.events) {
      if (event.case === "delta" && event.value.piece.case === "text") {
        text += event.value.piece.value;
      }
    }
    return { text };
  } catch (error) {
    return { text, error: GatewayError.from(error) };
  }
}
