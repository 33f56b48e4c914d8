import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  AuditDecision,
  type AuditEntry,
  AuditEntryKind,
  AuditEntrySchema,
  AuditPositionSchema,
} from "../../../gen/axonflow/gateway/v1/audit_pb.ts";
import {
  Direction,
  FinishReason,
  type Hop,
  HopOutcome,
  HopReason,
  HopSchema,
  type Redaction,
  RedactionAction,
  RedactionSchema,
  type Usage,
  UsageSchema,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { CostSchema } from "../../../gen/axonflow/gateway/v1/money_pb.ts";
import type { ReadRecord } from "../../core/audit-reading.ts";
import { enumWords } from "../../core/enum-words.ts";
import { type Fields, fieldsOf, listOf, numberOf, textOf, textsOf } from "./fields.ts";

export const entryKinds = enumWords<AuditEntryKind>(AuditEntryKind);
export const decisions = enumWords<AuditDecision>(AuditDecision);
const finishReasons = enumWords<FinishReason>(FinishReason);
const hopOutcomes = enumWords<HopOutcome>(HopOutcome);
const hopReasons = enumWords<HopReason>(HopReason);
const directions = enumWords<Direction>(Direction);
const actions = enumWords<RedactionAction>(RedactionAction);

/** The word in a record for a kind of the contract, and back: `copy-intent` is COPY_INTENT. */
export function kindWord(kind: AuditEntryKind): string {
  return entryKinds.wordOf(kind).replace("_", "-");
}

/** A record in the contract's words. Texts of prompts and answers are left out unless they are asked for. */
export function toAuditEntry(record: ReadRecord, includeTexts: boolean): AuditEntry {
  const { position, kind, requestId, tenant = "", unreadable, content = {} } = record;
  const { request: _, answer: __, ...withoutTexts } = content;
  return create(AuditEntrySchema, {
    position: positionOf(record),
    kind: entryKinds.valueOf(kind.replace("-", "_")),
    time: timestampFromMs(position.epochMs),
    requestId,
    tenant,
    unreadable,
    ...callFields(fieldsOf(content, "call")),
    ...resultFields(fieldsOf(content, "result")),
    redactions: redactionsOf(content),
    ...hmacFields(record),
    action: textOf(content, "action"),
    ...(content.by !== undefined && { principal: textOf(content, "by") }),
    json: record.content ? JSON.stringify(includeTexts ? content : withoutTexts) : "",
  });
}

export function positionOf({ position: { writer, sequence } }: Pick<ReadRecord, "position">) {
  return create(AuditPositionSchema, { chain: writer, sequence: BigInt(sequence) });
}

function callFields(call: Fields) {
  return {
    principal: textOf(call, "principal"),
    keyId: textOf(call, "keyId"),
    sourceAddress: textOf(call, "source"),
    clientCertificate: textOf(call, "certificate"),
    protocol: textOf(call, "protocol"),
    rpc: textOf(call, "rpc"),
    traceId: textOf(call, "traceId"),
    askedModel: textOf(call, "model"),
    askedProvider: textOf(call, "provider"),
    user: textOf(call, "user"),
    tags: textsOf(call, "tags"),
    configuration: textOf(call, "configuration"),
  };
}

function resultFields(result: Fields) {
  return {
    decision: decisions.valueOf(textOf(result, "decision")),
    code: textOf(result, "code"),
    reason: textOf(result, "reason"),
    policy: textOf(result, "policy"),
    provider: textOf(result, "provider"),
    region: textOf(result, "region"),
    model: textOf(result, "model"),
    finishReason: finishReasons.valueOf(textOf(result, "finishReason")),
    ...spentFields(result),
    ...milliseconds(result, "latencyMs"),
    ...milliseconds(result, "timeToFirstTokenMs"),
    hops: listOf(result, "hops").map(hopOf),
    replayOf: textOf(result, "replayOf"),
  };
}

/** An outcome says what was found on both ways; an intent, on the way in. */
function redactionsOf(content: Fields): Redaction[] {
  const found = listOf(fieldsOf(content, "result"), "redactions");
  const list = found.length > 0 ? found : listOf(fieldsOf(content, "call"), "redactions");
  return list.map((redaction) =>
    create(RedactionSchema, {
      entity: textOf(redaction, "entity"),
      direction: directions.valueOf(textOf(redaction, "direction")),
      action: actions.valueOf(textOf(redaction, "action")),
      count: numberOf(redaction, "count"),
    }),
  );
}

function hmacFields({ content = {}, position, segment, keyNumber }: ReadRecord) {
  const hmac = fieldsOf(content, "hmac");
  const promptHmac = textOf(hmac, "prompt");
  if (promptHmac === "") return {};
  const hmacKeyId = `${position.writer}/${segment}/${keyNumber}`;
  return { promptHmac, answerHmac: textOf(hmac, "answer"), hmacKeyId };
}

function hopOf(hop: Fields): Hop {
  const cost = textOf(hop, "costNanoUsd");
  return create(HopSchema, {
    provider: textOf(hop, "provider"),
    region: textOf(hop, "region"),
    model: textOf(hop, "model"),
    outcome: hopOutcomes.valueOf(textOf(hop, "outcome")),
    reason: hopReasons.valueOf(textOf(hop, "reason")),
    errorReason: textOf(hop, "errorReason"),
    startMs: BigInt(numberOf(hop, "startMs")),
    latencyMs: BigInt(numberOf(hop, "latencyMs")),
    ...milliseconds(hop, "timeToFirstTokenMs"),
    ...(hop.usage !== undefined && { usage: usageOf(fieldsOf(hop, "usage")) }),
    ...(cost !== "" && { cost: create(CostSchema, { nanoUsd: BigInt(cost) }) }),
    providerRequestId: textOf(hop, "providerRequestId"),
  });
}

function spentFields(result: Fields) {
  const cost = textOf(result, "costNanoUsd");
  return {
    ...(result.usage !== undefined && { usage: usageOf(fieldsOf(result, "usage")) }),
    ...(cost !== "" && { costNanoUsd: BigInt(cost) }),
  };
}

function usageOf(usage: Fields): Usage {
  return create(UsageSchema, {
    inputTokens: numberOf(usage, "inputTokens"),
    outputTokens: numberOf(usage, "outputTokens"),
    cacheReadInputTokens: numberOf(usage, "cacheReadInputTokens"),
    cacheWriteInputTokens: numberOf(usage, "cacheWriteInputTokens"),
    cacheWrite1hInputTokens: numberOf(usage, "cacheWrite1hInputTokens"),
    reasoningTokens: numberOf(usage, "reasoningTokens"),
    source: usage.isEstimated === true ? UsageSource.ESTIMATED : UsageSource.REPORTED,
  });
}

function milliseconds<Name extends string>(fields: Fields, name: Name) {
  if (fields[name] === undefined) return {};
  return { [name]: BigInt(numberOf(fields, name)) } as Record<Name, bigint>;
}
