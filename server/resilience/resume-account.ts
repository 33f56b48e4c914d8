import type { Completed, Hop } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Continued, Endpoint } from "../core/call.ts";
import type { GatewayError } from "../core/error.ts";
import type { Reply } from "../core/reply.ts";

/** What became of an answer's attempts, from the one whose stream was the first. */
export interface ResumeAccount {
  /** Where the stream under way comes from. */
  readonly endpoint: Endpoint;
  /** How often the rest was asked for. */
  readonly resumes: number;
  /** The stream under way broke; gives the attempts that nobody has been told of. */
  broke(error: GatewayError): readonly Hop[];
  /** The rest is asked for; gives what the model must know for that. */
  ask(text: string): Continued;
  /** Nobody could give the rest. */
  refused(hops: readonly Hop[]): void;
  /** Somebody does. */
  goesOn(reply: Reply): void;
  /** The error that the answer ends with: as it would be without resuming, but for what was tried and sent meanwhile. */
  ended(error: GatewayError): GatewayError;
  /** The reply's own endpoint is who began; the answer says who ended it. */
  completed(completed: Completed): Completed;
}

/** Begins with the first stream under way. */
export function openResumeAccount(first: Reply): ResumeAccount {
  const over: Hop[] = [];
  let toldBefore = first.hops;
  let { endpoint } = first;
  let outputTokens = 0;
  let resumes = 0;

  return {
    get endpoint() {
      return endpoint;
    },
    get resumes() {
      return resumes;
    },
    broke({ hops, usage }) {
      const fresh = hops.filter((hop) => !toldBefore.includes(hop));
      over.push(...fresh);
      outputTokens += usage?.outputTokens ?? 0;
      return fresh;
    },
    ask(text) {
      resumes++;
      return { text, outputTokens, attempts: first.hops.length + over.length };
    },
    refused: (hops) => void over.push(...hops),
    goesOn(reply) {
      over.push(...reply.hops);
      toldBefore = reply.hops;
      endpoint = reply.endpoint;
    },
    ended(error) {
      if (resumes === 0) return error;
      const { metadata } = error;
      const isTold = metadata.tokens_sent !== undefined;
      return error.with({
        hops: [...first.hops, ...over],
        ...(isTold && { metadata: { ...metadata, tokens_sent: String(outputTokens) } }),
      });
    },
    completed(completed) {
      if (resumes === 0) return completed;
      const { provider, region, model } = endpoint;
      return { ...completed, provider, region, model, hops: [...over, ...completed.hops] };
    },
  };
}
