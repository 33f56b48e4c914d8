import { type ExceptionName, exceptionNames } from "../../../emulator/exceptions.ts";
import type { FaultAction } from "../../../emulator/fault-rule.ts";

/** What a caller must see: a code and a reason, or an answer. */
export type Outcome = `${string} ${string}` | "answer";

/** One fault, and what it must become for each kind of call that it can strike. */
export interface FaultRow {
  readonly name: string;
  readonly action: FaultAction;
  readonly unary?: Outcome;
  readonly stream?: Outcome;
}

const throttled = "RESOURCE_EXHAUSTED PROVIDER_THROTTLED";
const unavailable = "UNAVAILABLE PROVIDER_UNAVAILABLE";
const timeout = "UNAVAILABLE PROVIDER_TIMEOUT";
const rejected = "INVALID_ARGUMENT PROVIDER_REJECTED";
const denied = "FAILED_PRECONDITION PROVIDER_ACCESS_DENIED";
const notFound = "NOT_FOUND MODEL_NOT_FOUND";
const endOfLife = "NOT_FOUND MODEL_END_OF_LIFE";
const quotaSpent = "RESOURCE_EXHAUSTED PROVIDER_QUOTA_EXHAUSTED";
const credentials = "UNAVAILABLE PROVIDER_CREDENTIALS";
const malformed = "DATA_LOSS PROVIDER_MALFORMED_RESPONSE";
const interrupted = "UNAVAILABLE STREAM_INTERRUPTED";

const exceptionOutcomes: Readonly<Record<ExceptionName, Outcome>> = {
  AccessDeniedException: denied,
  ConflictException: rejected,
  InternalServerException: unavailable,
  ModelErrorException: unavailable,
  ModelNotReadyException: unavailable,
  ModelStreamErrorException: unavailable,
  ModelTimeoutException: timeout,
  ResourceNotFoundException: endOfLife,
  ServiceQuotaExceededException: quotaSpent,
  ServiceUnavailableException: unavailable,
  ThrottlingException: throttled,
  ValidationException: rejected,
  ExpiredTokenException: credentials,
  UnrecognizedClientException: credentials,
  InvalidSignatureException: credentials,
  IncompleteSignature: credentials,
  MissingAuthenticationTokenException: credentials,
  MissingAuthenticationToken: credentials,
  RequestExpired: credentials,
  InvalidClientTokenId: credentials,
  InternalFailure: unavailable,
  FTUFormNotFilled: denied,
  MPAgreementBeingCreated: denied,
  UnknownOperationException: notFound,
};

function exceptionRows(exception: ExceptionName): FaultRow[] {
  const outcome = exceptionOutcomes[exception];
  // Inside a stream there is no status, so an exception that only its status explains is a plain failure.
  const inStream = exception === "UnknownOperationException" ? unavailable : outcome;
  return [
    {
      name: `${exception}, as the response`,
      action: { kind: "exception", exception, at: "response" },
      unary: outcome,
      stream: outcome,
    },
    {
      name: `${exception}, as the first frame`,
      action: { kind: "exception", exception, at: "first-frame" },
      stream: inStream,
    },
    {
      name: `${exception}, after two tokens`,
      action: { kind: "exception", exception, at: "mid-stream" },
      stream: interrupted,
    },
  ];
}

/** A fault of the connection that may come at three places. */
function anywhereRows(kind: "reset" | "stall", outcome: Outcome): FaultRow[] {
  return [
    {
      name: `${kind} before the response`,
      action: { kind, at: "response" },
      unary: outcome,
      stream: outcome,
    },
    {
      name: `${kind} after the headers`,
      action: { kind, at: "first-frame" },
      unary: outcome,
      stream: outcome,
    },
    {
      name: `${kind} in the middle`,
      action: { kind, at: "mid-stream" },
      unary: outcome,
      stream: interrupted,
    },
  ];
}

/** A fault of the stream's bytes: typed the same before and after the first piece. */
function brokenRows(kind: "truncated-frame" | "bad-crc" | "clean-end"): FaultRow[] {
  return [
    { name: `${kind} at once`, action: { kind, at: "first-frame" }, stream: malformed },
    { name: `${kind} after two tokens`, action: { kind, at: "mid-stream" }, stream: malformed },
  ];
}

/** Every fault of the emulator. */
export const faultRows: readonly FaultRow[] = [
  ...exceptionNames.flatMap(exceptionRows),
  {
    name: "in-band overloaded_error, at once",
    action: { kind: "in-band-error", at: "first-frame" },
    stream: unavailable,
  },
  {
    name: "in-band overloaded_error, after two tokens",
    action: { kind: "in-band-error", at: "mid-stream" },
    stream: interrupted,
  },
  {
    name: "error frame, at once",
    action: { kind: "error-frame", at: "first-frame" },
    stream: unavailable,
  },
  {
    name: "error frame, after two tokens",
    action: { kind: "error-frame", at: "mid-stream" },
    stream: interrupted,
  },
  ...brokenRows("truncated-frame"),
  ...brokenRows("bad-crc"),
  ...brokenRows("clean-end"),
  {
    name: "broken JSON, at once",
    action: { kind: "broken-json-body", at: "first-frame" },
    unary: malformed,
    stream: malformed,
  },
  {
    name: "broken JSON, after two tokens",
    action: { kind: "broken-json-body", at: "mid-stream" },
    stream: malformed,
  },
  ...anywhereRows("reset", unavailable),
  ...anywhereRows("stall", timeout),
  { name: "body cut short", action: { kind: "truncated-body" }, unary: unavailable },
  { name: "empty body", action: { kind: "empty-body" }, unary: malformed, stream: malformed },
  {
    name: "503 with an HTML page",
    action: { kind: "html-503" },
    unary: unavailable,
    stream: unavailable,
  },
  {
    name: "unknown event type",
    action: { kind: "unknown-event-type", at: "mid-stream" },
    stream: "answer",
  },
  {
    name: "frames split byte by byte",
    action: { kind: "split-frames", pieceBytes: 1 },
    unary: "answer",
    stream: "answer",
  },
  { name: "no metrics", action: { kind: "missing-metrics" }, unary: "answer", stream: "answer" },
  { name: "no usage", action: { kind: "missing-usage" }, unary: "answer", stream: "answer" },
  {
    name: "neither metrics nor usage",
    action: { kind: "missing-metrics-and-usage" },
    unary: "answer",
    stream: "answer",
  },
  {
    name: "metrics that differ",
    action: { kind: "metrics-differ" },
    unary: "answer",
    stream: "answer",
  },
  {
    name: "unknown stop reason",
    action: { kind: "unknown-stop-reason" },
    unary: "answer",
    stream: "answer",
  },
  { name: "unknown fields", action: { kind: "unknown-fields" }, unary: "answer", stream: "answer" },
];
