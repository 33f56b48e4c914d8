import type { Call } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import { estimateUsage } from "../../core/estimate-usage.ts";
import { tapEvents } from "../../core/events.ts";
import type { Layer } from "../../core/layer.ts";
import type { CompletionEvent, Reply } from "../../core/reply.ts";
import { totalOfHops } from "../../core/total-of-hops.ts";
import type { PoliciesFor } from "../call-policies.ts";
import type { Need } from "./claim.ts";
import type { Grant } from "./grant.ts";
import type { Limiter } from "./limiter.ts";
import { tokensNeeded, tokensUsed } from "./token-need.ts";

/** What the layer is made of. */
export interface RateLimitOptions {
  readonly policiesFor: PoliciesFor;
  /** It outlives the pipeline that a reload replaces. */
  readonly limiter: Limiter;
  /** Told of every refusal, for metrics. */
  readonly onLimited?: ((refusal: GatewayError) => void) | undefined;
}

/**
 * Turns calls away that come faster than their policies allow, or lets them wait for their turn. Tokens are set aside by an
 * estimate and corrected when it is known what the call used; a call that only repeats an answer uses none.
 */
export function rateLimit(options: RateLimitOptions): Layer {
  const { limiter, policiesFor, onLimited } = options;
  return {
    name: "rateLimit",
    wrap: (next) => async (call) => {
      const policies = policiesFor(call);
      if (policies.rates.length === 0) return next(call);
      const need: Need = {
        tokens: policies.rates.some(countsTokens) ? tokensNeeded(call.request) : 0,
        isStream: call.delivery === "stream",
      };
      const grant = await limiter.admit(call, policies, need).catch((error: unknown) => {
        const refusal = GatewayError.from(error);
        if (refusal.metadata.limit !== undefined) onLimited?.(refusal);
        throw refusal;
      });
      try {
        const reply = await next(call);
        return counted(reply, call, grant);
      } catch (error) {
        grant.end(usedBy(GatewayError.from(error)));
        throw error;
      }
    },
  };
}

function countsTokens({ limits }: { readonly limits: { readonly tokensPerMinute?: unknown } }) {
  return limits.tokensPerMinute !== undefined;
}

/** Tells the grant what an answer used, when it has ended. */
function counted(reply: Reply, { request }: Call, grant: Grant): Reply {
  const isReplay = reply.replayOf !== undefined;
  let used: number | undefined;
  let bytes = 0;
  const event = (event: CompletionEvent) => {
    bytes += bytesOf(event);
    if (event.case !== "completed") return;
    const { usage } = totalOfHops(event.value, [...reply.hops, ...event.value.hops]);
    used = usage && tokensUsed(usage);
  };
  const events = tapEvents(reply.events, {
    event,
    end(ending) {
      if (isReplay) grant.end(0);
      else if (ending.kind === "failed") grant.end(usedBy(GatewayError.from(ending.error)));
      else grant.end(used ?? tokensUsed(estimateUsage(request, bytes)));
    },
  });
  return { ...reply, events };
}

/** What is known of a call that failed: one that was never sent used nothing. */
function usedBy({ hops, usage }: GatewayError): number {
  const known = hops.flatMap((hop) => hop.usage ?? []);
  const all = known.length > 0 ? known : usage ? [usage] : [];
  return all.reduce((sum, each) => sum + tokensUsed(each), 0);
}

function bytesOf(event: CompletionEvent): number {
  const piece = event.case === "delta" ? event.value.piece : undefined;
  switch (piece?.case) {
    case "text":
      return Buffer.byteLength(piece.value);
    case "toolUse":
      return Buffer.byteLength(piece.value.inputJson);
    case "reasoning":
      return Buffer.byteLength(piece.value.text);
    default:
      return 0;
  }
}
