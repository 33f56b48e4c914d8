import { setImmediate } from "node:timers/promises";
import type { Call, Route, RoutedCall } from "../core/call.ts";
import { GatewayError } from "../core/error.ts";
import type { Layer } from "../core/layer.ts";
import { linkAbort, untilAborted } from "../core/signals.ts";
import { askCopy, type CopyOptions, copyOf } from "./ask-copy.ts";
import { compareOutcomes } from "./compare.ts";
import { createHourlyCap } from "./hourly-cap.ts";
import { courseOfError, observePrimary } from "./observe-primary.ts";
import type { Course } from "./outcome.ts";
import type { ShadowSink } from "./result.ts";
import { type Lot, lotOf } from "./sampling.ts";

/** What is copied, to whom, and how much of it. */
export interface ShadowOptions extends CopyOptions {
  readonly primaryProvider: string;
  readonly shadowProvider: string;
  /** The share of the primary's calls that are copied, from 0 to 1. */
  readonly sampleRate: number;
  /** The share of the samples that the primary answers a second time too. */
  readonly selfShare: number;
  /** Copies under way at once; a further one is dropped, never queued. */
  readonly maxConcurrent: number;
  /** What copies may cost within an hour, in US dollars; undefined for no limit. */
  readonly maxUsdPerHour?: number | undefined;
  /** The route of a call if only this provider could be asked; throws where it may not or cannot be. */
  readonly routeTo: (call: Call, provider: string) => Route;
  readonly sink: ShadowSink;
  /** Told of a fault in shadow mode itself; a copy that fails is a result and no fault. */
  readonly onFault: (error: unknown) => void;
}

/** The layer, and its end. */
export interface Shadow {
  readonly layer: Layer<RoutedCall>;
  /** Aborts the copies under way. Nothing is copied any more. */
  close(): void;
}

/** The two kinds of copies: one for the shadow, and one that the primary is compared with itself by. */
type Kind = "shadow" | "self";

/**
 * Another provider answers a share of the calls too, and nobody sees it. The copy begins after the caller's own request
 * is on its way, has nothing in common with it but the request, and is compared when both have ended.
 */
export function createShadow(options: ShadowOptions): Shadow {
  const { clock, primaryProvider, shadowProvider, sink, onFault, maxConcurrent } = options;
  const cap = createHourlyCap(clock, options.maxUsdPerHour);
  const closing = new AbortController();
  let underWay = 0;

  /** The kinds of copies that this call has room for, at no more than a hash's cost for those that are not sampled. */
  const kindsFor = (call: RoutedCall): readonly Kind[] => {
    if (call.route.endpoints[0].provider !== primaryProvider) return [];
    const wanted = wantedKinds(lotOf(call.id), options);
    if (wanted.length === 0) return wanted;
    const obstacle = obstacleTo(call, cap.allows(), closing.signal.aborted);
    if (obstacle) sink.dropped(obstacle);
    return obstacle ? [] : wanted.filter(takeSlot);
  };
  const takeSlot = (): boolean => {
    const isFree = underWay < maxConcurrent;
    if (isFree) underWay += 1;
    else sink.dropped("busy");
    return isFree;
  };

  const run = async (call: RoutedCall, kind: Kind, primary: Promise<Course>) => {
    const link = linkAbort(closing.signal);
    try {
      // Whatever begins the caller's own request has the first turn.
      await setImmediate();
      const provider = kind === "self" ? primaryProvider : shadowProvider;
      const copy = copyOf(call, provider, link.signal, options);
      const route = routeOf(call, kind);
      if (!route) return sink.dropped("not_served");
      void primary.then(({ kind: end }) => end === "abandoned" && link.abort(nobodyWaits));
      const shadow = await askCopy(copy, route, options);
      if (isUnfunded(shadow)) return sink.dropped("budget");
      if (shadow.kind === "answered") cap.spend(shadow.answer.costNanoUsd);
      const own = await untilAborted(primary, link.signal).catch(courseOfError);
      if (own.kind === "abandoned" || shadow.kind === "abandoned") {
        return sink.dropped(closing.signal.aborted ? "closing" : "abandoned");
      }
      const similarity = await compareOutcomes(own, shadow);
      const names = { requestId: call.id, primaryProvider, shadowProvider: provider };
      sink.result({ ...names, isSelf: kind === "self", primary: own, shadow, similarity });
    } catch (error) {
      onFault(error);
    } finally {
      link.release();
      underWay -= 1;
    }
  };
  /** The primary's second answer comes from where the first one does. */
  const routeOf = (call: RoutedCall, kind: Kind): Route | undefined => {
    if (kind === "self") return call.route;
    try {
      return options.routeTo(call, shadowProvider);
    } catch {
      return undefined;
    }
  };

  return {
    layer: {
      name: "shadow",
      wrap: (next) => (call) => {
        const kinds = kindsFor(call);
        if (kinds.length === 0) return next(call);
        const { reply, outcome } = observePrimary(next(call), { clock, provider: primaryProvider });
        for (const kind of kinds) void run(call, kind, outcome);
        return reply;
      },
    },
    close: () => closing.abort(GatewayError.draining()),
  };
}

/** Reasons for which a copy is not made, because nobody may or can pay for it. They say nothing about the provider. */
const unfunded: ReadonlySet<string> = new Set([
  "BUDGET_EXCEEDED",
  "MODEL_NOT_PRICED",
  "LEDGER_UNAVAILABLE",
]);

function isUnfunded(course: Course): boolean {
  return course.kind === "failed" && unfunded.has(course.reason);
}

const nobodyWaits = GatewayError.cancelled();

function wantedKinds({ sample, self }: Lot, { sampleRate, selfShare }: ShadowOptions): Kind[] {
  if (sample >= sampleRate) return [];
  return self < selfShare ? ["shadow", "self"] : ["shadow"];
}

/** Why a sampled call is not copied. */
function obstacleTo({ request }: Call, isAffordable: boolean, isClosing: boolean) {
  if (isClosing) return "closing";
  // A pin says who may have the text, and a second provider is one more.
  if (request.provider !== "") return "pinned";
  if (!isAffordable) return "cost";
  // Signed or encrypted by the model that wrote it; another one cannot read it, and would not have to after a move.
  const reasons = request.messages.some(({ content }) =>
    content.some(({ block }) => block.case === "reasoning"),
  );
  return reasons ? "reasoning" : undefined;
}
