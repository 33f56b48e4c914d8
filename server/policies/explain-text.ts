import { randomBytes, randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import {
  CompletedSchema,
  CompleteRequestSchema,
  DeltaSchema,
  Role,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call, Endpoint, Principal } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import { listEvents } from "../core/events.ts";
import type { Handler } from "../core/layer.ts";
import { ordinaryTraits } from "../core/model-traits.ts";
import type { PiiAction } from "../core/policy.ts";
import type { Way } from "../core/sighting.ts";
import type { PoliciesFor } from "./call-policies.ts";
import { contentFilter } from "./content-filter/content-filter.ts";
import type { RuleBook } from "./pii/rule-book.ts";
import { redactRequest } from "./redact-request.ts";
import { redactResponse } from "./redact-response.ts";

/** A text that somebody wonders about, and whose call it would be in. */
export interface TextQuestion {
  readonly text: string;
  readonly way: Way;
  readonly principal: Principal;
  readonly model: string;
}

/** What was found in it, where, and who says what becomes of it. */
export interface ExplainedFinding {
  readonly entity: string;
  readonly action: PiiAction;
  readonly policy: string;
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
}

/** What becomes of a text. */
export interface Explanation {
  readonly findings: readonly ExplainedFinding[];
  /** What the other side would get: the model of a request, the caller of an answer. Undefined when it gets nothing. */
  readonly passes: string | undefined;
  readonly refusal: GatewayError | undefined;
}

export interface ExplainOptions {
  readonly policiesFor: PoliciesFor;
  readonly ruleBook: RuleBook;
  readonly clock: Clock;
}

/** Sends a text through the very layers that calls go through, before a model that is not there. */
export async function explainText(
  question: TextQuestion,
  options: ExplainOptions,
): Promise<Explanation> {
  const call = callOf(question, options.clock);
  let findings: readonly ExplainedFinding[] = [];
  try {
    findings = findingsIn(question, call, options.ruleBook);
    const passes =
      question.way === "request"
        ? await asked(call, options)
        : await answered(call, question, options);
    return { findings, passes, refusal: undefined };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { findings, passes: undefined, refusal: error };
  }
}

/** A text of the answer stands in an empty request. */
function callOf({ text, way, principal, model }: TextQuestion, clock: Clock): Call {
  const said = way === "request" ? text : "";
  const content = [{ block: { case: "text", value: { text: said } } as const }];
  return {
    id: randomUUID(),
    principal,
    request: create(CompleteRequestSchema, { model, messages: [{ role: Role.USER, content }] }),
    delivery: "unary",
    arrivedMs: clock.now(),
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    context: ROOT_CONTEXT,
  };
}

function findingsIn(
  { text, way }: TextQuestion,
  call: Call,
  ruleBook: RuleBook,
): readonly ExplainedFinding[] {
  const side = ruleBook(call)?.[way];
  if (!side) return [];
  return side.scanner.scan(text).flatMap(({ entity, start, end }) => {
    const rule = side.rules.get(entity);
    return rule ? { entity, start, end, ...rule } : [];
  });
}

async function asked(call: Call, options: ExplainOptions): Promise<string> {
  let seen = "";
  const handle = layersOver(async ({ request }) => {
    seen = request.messages
      .flatMap(({ content }) => content)
      .map(({ block }) => (block.case === "text" ? block.value.text : ""))
      .join("");
    return replyOf("");
  }, options);
  await textOf(handle, call);
  return seen;
}

function answered(call: Call, { text }: TextQuestion, options: ExplainOptions): Promise<string> {
  return textOf(
    layersOver(async () => replyOf(text), options),
    call,
  );
}

function layersOver(model: Handler, { policiesFor, ruleBook, clock }: ExplainOptions): Handler {
  const onSighting = () => {};
  const filtered = contentFilter({ clock, policiesFor }).wrap(model);
  const redacted = redactResponse({ clock, ruleBook, onSighting }).wrap(filtered);
  return redactRequest({ ruleBook, onSighting, secret: randomBytes(32) }).wrap(redacted);
}

async function textOf(handle: Handler, call: Call): Promise<string> {
  let text = "";
  for await (const event of (await handle(call)).events) {
    if (event.case === "delta" && event.value.piece.case === "text")
      text += event.value.piece.value;
  }
  return text;
}

function replyOf(text: string) {
  const piece = { case: "text", value: text } as const;
  const events = listEvents([
    { case: "delta", value: create(DeltaSchema, { piece }) },
    { case: "completed", value: create(CompletedSchema) },
  ]);
  return { endpoint: nowhere, hops: [], events };
}

const nowhere: Endpoint = {
  provider: "none",
  region: "none",
  model: "none",
  family: "none",
  traits: ordinaryTraits,
};
