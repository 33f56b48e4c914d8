import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import {
  AuditDecision,
  AuditEntryKind,
  type ListAuditEntriesRequest,
} from "../../../gen/axonflow/gateway/v1/audit_pb.ts";
import type { ReadQuery, ReadRecord } from "../../core/audit-reading.ts";
import type { AuditPosition } from "../../core/audit-store.ts";
import { type FieldViolation, GatewayError } from "../../core/error.ts";
import { violation } from "../violation.ts";
import { decisions, kindWord } from "./audit-entry.ts";
import { fieldsOf, textOf } from "./fields.ts";

const usualPageSize = 100;
const largestPageSize = 1000;
const dayMs = 24 * 60 * 60 * 1000;

/** What happened, without what leads to it or holds the log together. */
const usualKinds = ["outcome", "copy-outcome", "change", "read", "prune", "archive"];

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a request for entries asks for. Throws INVALID_ARGUMENT with every field that is wrong. */
export function readEntryQuery(request: ListAuditEntriesRequest, nowEpochMs: number): ReadQuery {
  const { kinds, requestId, pageSize, pageToken } = request;
  const problems: FieldViolation[] = [];
  const toEpochMs = request.to ? timeOf(request.to) : nowEpochMs + 1;
  const standard = requestId === "" ? toEpochMs - dayMs : 0;
  const fromEpochMs = request.from ? timeOf(request.from) : standard;
  if (fromEpochMs >= toEpochMs) problems.push(violation("from", "Must be before `to`."));
  if (requestId !== "" && !uuidForm.test(requestId)) {
    problems.push(
      violation("request_id", "Must be a UUID in lower case, as answers and errors name it."),
    );
  }
  if (pageSize < 0 || pageSize > largestPageSize) {
    const rule = `Must be from 1 to ${largestPageSize}, or 0 for ${usualPageSize}.`;
    problems.push(violation("page_size", rule));
  }
  if (
    kinds.some((kind) => kind === AuditEntryKind.UNSPECIFIED || kindWord(kind) === "unspecified")
  ) {
    problems.push(violation("kinds", "Must be kinds of the contract."));
  }
  if (request.decisions.some((decision) => decision === AuditDecision.UNSPECIFIED)) {
    problems.push(violation("decisions", "Must be decisions of the contract."));
  }
  const after = pageToken === "" ? undefined : readToken(pageToken);
  if (pageToken !== "" && !after) {
    const rule = "Must be the next_page_token of the page before. Begin again with the first page.";
    problems.push(violation("page_token", rule));
  }
  if (problems.length > 0) throw GatewayError.invalid(...problems);
  return {
    fromEpochMs,
    toEpochMs,
    kinds: kinds.length > 0 ? kinds.map(kindWord) : requestId === "" ? usualKinds : [],
    requestId: requestId || undefined,
    matches: matcherOf(request),
    after,
    limit: pageSize || usualPageSize,
  };
}

/** A page's end as the next page's beginning. */
export function writeToken({ epochMs, writer, sequence }: AuditPosition): string {
  return Buffer.from(`${epochMs} ${writer} ${sequence}`).toString("base64url");
}

function readToken(token: string): AuditPosition | undefined {
  const text = Buffer.from(token, "base64url").toString("latin1");
  const form = /^(?<epochMs>\d{1,15}) (?<writer>[0-9a-f-]{36}) (?<sequence>\d{1,15})$/;
  const { epochMs, writer = "", sequence } = form.exec(text)?.groups ?? {};
  if (!uuidForm.test(writer)) return undefined;
  return { epochMs: Number(epochMs), writer, sequence: Number(sequence) };
}

function timeOf(time: Timestamp): number {
  return timestampMs(time);
}

/** What cannot be read matches only where nothing is asked of what it says. */
function matcherOf(request: ListAuditEntriesRequest): (record: ReadRecord) => boolean {
  const wanted: readonly (readonly [string, (record: ReadRecord) => readonly string[]])[] = [
    [
      request.principal,
      ({ content = {} }) => [textOf(fieldsOf(content, "call"), "principal"), textOf(content, "by")],
    ],
    [request.tenant, ({ tenant = "" }) => [tenant]],
    [request.model, (record) => [callText(record, "model"), resultText(record, "model")]],
    [request.provider, (record) => [resultText(record, "provider")]],
    [request.region, (record) => [resultText(record, "region")]],
    [request.reason, (record) => [resultText(record, "reason")]],
    [request.policy, (record) => [resultText(record, "policy")]],
    [request.sourceAddress, (record) => [callText(record, "source")]],
  ];
  const asked = wanted.filter(([value]) => value !== "");
  const words = new Set(request.decisions.map((decision) => decisions.wordOf(decision)));
  return (record) =>
    asked.every(([value, valuesOf]) => valuesOf(record).includes(value)) &&
    (words.size === 0 || words.has(resultText(record, "decision")));
}

function callText({ content = {} }: ReadRecord, name: string): string {
  return textOf(fieldsOf(content, "call"), name);
}

function resultText({ content = {} }: ReadRecord, name: string): string {
  return textOf(fieldsOf(content, "result"), name);
}
