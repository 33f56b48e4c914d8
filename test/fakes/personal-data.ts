import { randomBytes } from "node:crypto";
import { type CompleteRequest, Role } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call } from "../../server/core/call.ts";
import type { Handler, Layer } from "../../server/core/layer.ts";
import type { PiiAction, PolicyDirection } from "../../server/core/policy.ts";
import type { CompletionEvent, Reply } from "../../server/core/reply.ts";
import type { ScreenedCall } from "../../server/core/screened-call.ts";
import type { Sighting } from "../../server/core/sighting.ts";
import type { CallPolicies, EntityRule } from "../../server/policies/call-policies.ts";
import { createRuleBook } from "../../server/policies/pii/rule-book.ts";
import type { Scanner } from "../../server/policies/pii/scan.ts";
import { redactRequest } from "../../server/policies/redact-request.ts";
import { redactResponse } from "../../server/policies/redact-response.ts";
import { sampleRequest, textBlock } from "./calls.ts";
import { completedEvent, textEvent } from "./completion-events.ts";
import { createManualClock } from "./manual-clock.ts";
import { runScanner } from "./run-scanner.ts";
import { scriptedEvents } from "./scripted-events.ts";
import { replyOver } from "./scripted-handler.ts";

/** What is done about an entity, and on which way; `both` if not said. */
export type Rules = Readonly<Record<string, PiiAction | readonly [PiiAction, PolicyDirection]>>;

/** The two layers over a model by a script, and what went through. */
export interface Redacting {
  readonly handle: Handler;
  /** The calls as everything below the layers saw them. */
  readonly seen: readonly Call[];
  readonly sightings: readonly Sighting[];
  /** How often the answers' sources were closed. */
  readonly closes: () => number;
  /** How many events of the answers were read. */
  readonly reads: () => number;
}

/** The answer of the model to what it was asked. */
export type Model = (
  request: CompleteRequest,
) => readonly (CompletionEvent | { readonly error: unknown })[];

/** A model that says these pieces, whatever it is asked. */
export const says =
  (...texts: readonly string[]): Model =>
  () => [...texts.map((text) => textEvent(text)), completedEvent()];

/** A request of one message. */
export const asks = (prompt: string, change: Parameters<typeof sampleRequest>[0] = {}) =>
  sampleRequest({ messages: [{ role: Role.USER, content: [textBlock(prompt)] }], ...change });

/** Puts the layers together, over the scanner of `run-scanner.ts` where none is given, and nothing between them. */
export function redacting(
  rules: Rules | undefined,
  model: Model,
  scanner: Scanner = runScanner,
  between?: Layer<ScreenedCall>,
): Redacting {
  const policies: CallPolicies = {
    model: "m",
    pii: rules && {
      request: rulesOn("request", rules),
      response: rulesOn("response", rules),
      defaultRegion: "US",
    },
    content: [],
    budgets: [],
    rates: [],
  };
  const seen: Call[] = [];
  const sightings: Sighting[] = [];
  const sources: ReturnType<typeof scriptedEvents>[] = [];
  const ask = async (call: Call): Promise<Reply> => {
    seen.push(call);
    const source = scriptedEvents(...model(call.request));
    sources.push(source);
    return replyOver(source);
  };
  const ruleBook = createRuleBook(
    () => policies,
    ({ entities }) => only(scanner, entities),
  );
  const onSighting = (_: unknown, sighting: Sighting) => void sightings.push(sighting);
  const below = redactResponse({ clock: createManualClock(), ruleBook, onSighting }).wrap(ask);
  const secret = randomBytes(32);
  return {
    handle: redactRequest({ ruleBook, secret, onSighting }).wrap(between?.wrap(below) ?? below),
    seen,
    sightings,
    closes: () => sources.reduce((sum, { closes }) => sum + closes, 0),
    reads: () => sources.reduce((sum, { reads }) => sum + reads, 0),
  };
}

function rulesOn(way: "request" | "response", rules: Rules): ReadonlyMap<string, EntityRule> {
  const all = Object.entries(rules).map(([entity, rule]) => {
    const [action, direction] = typeof rule === "string" ? ([rule, "both"] as const) : rule;
    return { entity, action, direction };
  });
  const held = all.filter(({ direction }) => direction === way || direction === "both");
  return new Map(held.map(({ entity, action }) => [entity, { action, policy: "pii-filter" }]));
}

function only(scanner: Scanner, entities: readonly string[]): Scanner {
  return {
    ...scanner,
    scan: (text, from) =>
      scanner.scan(text, from).filter(({ entity }) => entities.includes(entity)),
  };
}
