import { type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  type Completed,
  type CompleteResponse,
  type CompleteStreamResponse,
  ContentBlockSchema,
  Direction,
  FinishReason,
  type Hop,
  HopOutcome,
  HopReason,
  HopSchema,
  ReasoningDeltaSchema,
  type Redaction,
  RedactionAction,
  ServiceTier,
  type Usage,
  UsageSchema,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { describeError, httpStatusOf } from "../errors.ts";
import type { HelpLinks } from "../help-links.ts";

/** JSON as REST callers get it. */
export type RestJson = { readonly [name: string]: unknown };

/** The guide's answer, and after it what the contract adds. */
export function restAnswer(response: CompleteResponse): RestJson {
  const { content, blocks } = response;
  const isMoreThanText = blocks.some(({ block }) => block.case !== "text");
  const parts = isMoreThanText && {
    blocks: blocks.map((block) => fieldsOf(ContentBlockSchema, block)),
  };
  return { content, ...restSummary(response), ...parts };
}

/** One event of a stream: its name, and its JSON. */
export interface RestEvent {
  readonly name: string;
  readonly body: RestJson;
}

/** The events of a stream as REST callers get them. */
export function restEvent({ sequence, event }: CompleteStreamResponse): RestEvent {
  const number = { sequence: Number(sequence) };
  switch (event.case) {
    case "started": {
      const { requestId, model, provider, region, hops, replayOf } = event.value;
      const body = {
        ...number,
        request_id: requestId,
        model,
        provider,
        region,
        hops: hops.map(restHop),
        ...(replayOf && { replay_of: replayOf }),
      };
      return { name: "started", body };
    }
    case "delta": {
      const { blockIndex, piece } = event.value;
      const body = { ...number, block_index: blockIndex, ...restPiece(piece) };
      return { name: "delta", body };
    }
    case "hop":
      return { name: "hop", body: { ...number, ...restHop(event.value) } };
    case "completed":
      return { name: "completed", body: { ...number, ...restSummary(event.value) } };
    default:
      throw new Error("an event of no kind");
  }
}

function restPiece(
  piece: Extract<CompleteStreamResponse["event"], { case: "delta" }>["value"]["piece"],
): RestJson {
  switch (piece.case) {
    case "text":
      return { text: piece.value };
    case "reasoning":
      return { reasoning: fieldsOf(ReasoningDeltaSchema, piece.value) };
    case "toolUse":
      return {
        tool_use: { id: piece.value.id, name: piece.value.name, input_json: piece.value.inputJson },
      };
    default:
      return {};
  }
}

function restSummary(completed: Completed | CompleteResponse): RestJson {
  const { usage, cost } = completed;
  return {
    model: completed.model,
    latency_ms: Number(completed.latencyMs),
    tokens: restTokens(usage),
    usage: restUsage(usage),
    provider: completed.provider,
    region: completed.region,
    finish_reason: nameOf(FinishReason, completed.finishReason),
    cost_usd: cost ? Number(cost.nanoUsd) / 1e9 : null,
    time_to_first_token_ms: Number(completed.timeToFirstTokenMs),
    request_id: completed.requestId,
    hops: completed.hops.map(restHop),
    ...(completed.serviceTier !== ServiceTier.UNSPECIFIED && {
      service_tier: nameOf(ServiceTier, completed.serviceTier),
    }),
    ...(completed.redactions.length > 0 && { redactions: completed.redactions.map(restRedaction) }),
    ...(completed.replayOf && { replay_of: completed.replayOf }),
    ...(completed.clampedMaxTokens !== undefined && {
      clamped_max_tokens: completed.clampedMaxTokens,
    }),
    ...(completed.downgradedFrom && { downgraded_from: completed.downgradedFrom }),
  };
}

function restRedaction({ entity, direction, count, action }: Redaction): RestJson {
  return {
    entity,
    direction: nameOf(Direction, direction),
    count,
    action: nameOf(RedactionAction, action),
  };
}

/** The guide's three numbers: everything that was read, cached or not, and everything that was written. */
function restTokens(usage: Usage | undefined): RestJson {
  const {
    inputTokens = 0,
    cacheReadInputTokens = 0,
    cacheWriteInputTokens = 0,
    outputTokens = 0,
  } = usage ?? {};
  const prompt = inputTokens + cacheReadInputTokens + cacheWriteInputTokens;
  return { prompt, completion: outputTokens, total: prompt + outputTokens };
}

/** The contract's counts, and whether the provider reported them or the gateway estimated them. */
function restUsage(usage: Usage | undefined): RestJson | undefined {
  return (
    usage && {
      ...fieldsOf(UsageSchema, usage),
      source: nameOf(UsageSource, usage.source),
    }
  );
}

function restHop({ usage, cost, ...hop }: Hop): RestJson {
  const { timeToFirstTokenMs } = hop;
  return {
    ...fieldsOf(HopSchema, hop),
    outcome: nameOf(HopOutcome, hop.outcome),
    reason: nameOf(HopReason, hop.reason),
    start_ms: Number(hop.startMs),
    latency_ms: Number(hop.latencyMs),
    ...(timeToFirstTokenMs !== undefined && { time_to_first_token_ms: Number(timeToFirstTokenMs) }),
    ...(usage && { usage: restUsage(usage) }),
    ...(cost && { cost_usd: Number(cost.nanoUsd) / 1e9 }),
  };
}

/** A message's set fields by their names in the contract. */
function fieldsOf<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): RestJson {
  return toJson(desc, message, { useProtoFieldName: true }) as RestJson;
}

/** An enum value in the lower case that JSON APIs use: `FINISH_REASON_STOP` is `stop`. */
function nameOf(values: Readonly<Record<string, number>>, value: number): string {
  const name = Object.keys(values).find((key) => values[key] === value);
  return (name ?? "unspecified").toLowerCase();
}

/** An error's HTTP status, headers and JSON, and the error itself. */
export function restError(thrown: unknown, requestId: string, helpLinks?: HelpLinks) {
  const { code, reason, message, helpUrl, error } = describeError(thrown, requestId, helpLinks);
  const { violations, retryAfterMs, metadata } = error;
  const headers: Record<string, string> =
    retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) };
  const body = {
    code: constantCase(Code[code]),
    reason,
    message,
    request_id: requestId,
    ...(helpUrl && { help: helpUrl }),
    ...(violations.length > 0 && { violations }),
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(error.hops.length > 0 && { hops: error.hops.map(restHop) }),
  };
  return { status: httpStatus(code, reason), headers, body: { error: body }, error };
}

function httpStatus(code: Code, reason: string): number {
  return reason === "MESSAGE_TOO_LARGE" ? 413 : httpStatusOf[code];
}

/** `InvalidArgument` as gRPC writes it; gRPC spells the one word differently. */
function constantCase(name: string | undefined): string {
  const words = (name ?? "Unknown")
    .replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase();
  return words === "CANCELED" ? "CANCELLED" : words;
}
