import { FinishReason } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { guardrailIntervened } from "../../core/guardrail.ts";
import type { CompletionEvent } from "../../core/reply.ts";
import { serviceTierOf } from "./transport/aws-words.ts";
import type { BedrockApi, ResponseHeaders } from "./transport/transport.ts";

/** Adds to an answer's end what Bedrock says beside the model's own words, the same for every family. */
export interface AnswerEnding {
  /** Looks at a body, or at a chunk of a stream; every one, in order. */
  see(json: unknown): void;
  /** The event, `completed` with the service tier that served and with a guardrail's intervention. */
  settle(event: CompletionEvent): CompletionEvent;
}

/** InvokeModel's word for a guardrail that changed or withheld the answer (AWS: Use a guardrail with InvokeModel). */
const guardrailAction = "amazon-bedrock-guardrailAction";

/** Converse tells both in its body, and its codec reads them there. */
export function createEnding(api: BedrockApi, headers: ResponseHeaders): AnswerEnding {
  let hasIntervened = false;
  return {
    see(json) {
      if (api !== "invoke" || typeof json !== "object" || json === null) return;
      if ((json as Record<string, unknown>)[guardrailAction] === "INTERVENED") hasIntervened = true;
    },
    settle(event) {
      if (event.case !== "completed") return event;
      const told = event.value.serviceTier;
      const serviceTier = told || serviceTierOf(headers["x-amzn-bedrock-service-tier"]);
      const value = { ...event.value, serviceTier };
      if (hasIntervened) {
        value.finishReason = FinishReason.CONTENT_FILTER;
        value.providerFinishReason = guardrailIntervened;
      }
      return { case: "completed", value };
    },
  };
}
