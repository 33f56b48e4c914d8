import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../../../emulator/call-address.ts";
import type { Emulator } from "../../../emulator/emulator.ts";
import { type ExceptionName, exceptionKind } from "../../../emulator/exceptions.ts";
import { faultCatalogue } from "../../../emulator/fault-catalogue.ts";
import type { FaultAction, FaultKind, FaultRule } from "../../../emulator/fault-rule.ts";
import {
  type AnthropicAnswer,
  type AnthropicEvent,
  type Asker,
  createAsker,
  franceAnswer,
  type Protocol,
  protocols,
  textOf,
  wholeText,
  withEmulator,
} from "./fixture.ts";

/** What a caller saw of one answer. */
interface Outcome {
  readonly protocol: Protocol;
  readonly operation: Operation;
  readonly events: AnthropicEvent[];
  readonly headers: Readonly<Record<string, string>>;
  readonly emulator: Emulator;
  answer?: AnthropicAnswer;
  error?: Error & { $metadata?: { httpStatusCode?: number } };
}

const twoTokens = "The capital";

async function observe(asker: Asker, operation: Operation, outcome: Outcome, signal: AbortSignal) {
  try {
    if (operation === "unary") outcome.answer = await asker.whole({ signal });
    else for await (const event of asker.stream({ signal })) outcome.events.push(event);
  } catch (error) {
    assert.ok(error instanceof Error);
    outcome.error = error;
  }
}

/** Lets paused calls go on and walks away from stalled ones, each when the journal says so. */
async function unblock({ journal, release }: Emulator, action: FaultAction, leave: () => void) {
  if (action.kind === "pause") {
    await journal.waitFor(({ kind }) => kind === "paused");
    release();
  }
  if (action.kind === "stall") {
    await journal.waitFor(({ kind }) => kind === "fault");
    leave();
  }
}

async function provoke(rule: FaultRule, operation: Operation, protocol: Protocol) {
  await withEmulator({ faults: [rule] }, async (emulator) => {
    using asker = createAsker(emulator, protocol);
    const caller = new AbortController();
    const outcome: Outcome = {
      protocol,
      operation,
      events: [],
      emulator,
      get headers() {
        return asker.headers();
      },
    };
    const observed = observe(asker, operation, outcome, caller.signal);
    await unblock(emulator, rule.action, () => caller.abort());
    await observed;
    const { journal } = emulator;
    const end = await journal.waitFor(({ kind }) => kind === "completed" || kind === "aborted");
    if (rule.action.kind !== "pause") {
      const struck = journal.entries.find(({ kind }) => kind === "fault");
      assert.equal(struck?.fault, rule.action.kind);
      assert.ok(struck.sequence < end.sequence);
    }
    checks[rule.action.kind](outcome, rule.action);
  });
}

function textSeen({ answer, events }: Outcome): string {
  return answer ? wholeText(answer) : textOf(events);
}

/** The answer arrived unharmed. */
function arrives(outcome: Outcome): void {
  assert.ifError(outcome.error);
  assert.equal(textSeen(outcome), franceAnswer);
}

/** The call failed with this message, before or after the beginning of the answer. */
function failsWith(pattern: RegExp) {
  return ({ error }: Outcome): void => {
    assert.match(error?.message ?? "no error", pattern);
  };
}

function stopped(outcome: Outcome, action: FaultAction): void {
  const isBeforeTokens = "at" in action && action.at === "first-frame";
  assert.equal(textSeen(outcome), isBeforeTokens ? "" : twoTokens);
  assert.ok(outcome.events.every(({ type }) => type !== "message_stop"));
}

function usageOf({ answer, events }: Outcome) {
  return answer ? answer.usage : events.find(({ type }) => type === "message_delta")?.usage;
}

function metricsOf({ operation, events, headers }: Outcome): number | undefined {
  if (operation === "stream") {
    return events.at(-1)?.["amazon-bedrock-invocationMetrics"]?.outputTokenCount;
  }
  const count = headers["x-amzn-bedrock-output-token-count"];
  return count === undefined ? undefined : Number(count);
}

function tells(usageTokens: number | undefined, metricsTokens: number | undefined) {
  return (outcome: Outcome): void => {
    arrives(outcome);
    assert.equal(usageOf(outcome)?.output_tokens, usageTokens);
    assert.equal(metricsOf(outcome), metricsTokens);
  };
}

function throwsException(outcome: Outcome, action: FaultAction): void {
  assert.ok(action.kind === "exception");
  const { exception, at } = action;
  assert.ok(outcome.error);
  if (at === "response") {
    assert.equal(outcome.error.name, exception);
    assert.equal(outcome.error.$metadata?.httpStatusCode, exceptionKind(exception).status);
  } else {
    assert.equal(outcome.error.name, nameInStream(exception));
    assert.equal(textSeen(outcome), at === "mid-stream" ? twoTokens : "");
  }
  assert.ok(outcome.error.message.includes(exceptionKind(exception).message));
}

/** The SDK gives only the members of the response stream their class; others keep the wire's name. */
function nameInStream(exception: ExceptionName): string {
  const modelled: readonly ExceptionName[] = [
    "InternalServerException",
    "ModelStreamErrorException",
    "ModelTimeoutException",
    "ServiceUnavailableException",
    "ThrottlingException",
    "ValidationException",
  ];
  if (modelled.includes(exception)) return exception;
  return exception.charAt(0).toLowerCase() + exception.slice(1);
}

const checks: Readonly<Record<FaultKind, (outcome: Outcome, action: FaultAction) => void>> = {
  exception: throwsException,
  "in-band-error": (outcome, action) => {
    assert.ifError(outcome.error);
    stopped(outcome, action);
    assert.equal(outcome.events.at(-1)?.error?.type, "overloaded_error");
  },
  "error-frame": (outcome, action) => {
    assert.equal(outcome.error?.name, "InternalError");
    stopped(outcome, action);
  },
  "truncated-frame": failsWith(/Truncated event message received/),
  "bad-crc": failsWith(/message checksum .* did not match/),
  "clean-end": (outcome, action) => {
    assert.ifError(outcome.error);
    stopped(outcome, action);
  },
  "unknown-event-type": arrives,
  "broken-json-body": failsWith(/JSON/),
  reset: failsWith(/aborted|hang up|ECONNRESET|NGHTTP2_INTERNAL_ERROR/),
  // The SDK's HTTP/2 transport ends an aborted stream as if it were finished.
  stall: (outcome) => {
    assert.ok(outcome.error || outcome.events.every(({ type }) => type !== "message_stop"));
    const end = outcome.emulator.journal.entries.at(-1);
    assert.deepEqual([end?.kind, end?.by], ["aborted", "peer"]);
  },
  pause: arrives,
  "truncated-body": failsWith(/aborted|JSON|PROTOCOL_ERROR/),
  "empty-body": ({ operation, events, error }) => {
    assert.deepEqual(events, []);
    if (operation === "unary") assert.match(error?.message ?? "", /JSON/);
    else assert.ifError(error);
  },
  "html-503": ({ error }) => assert.equal(error?.$metadata?.httpStatusCode, 503),
  "split-frames": arrives,
  "missing-metrics": tells(6, undefined),
  "missing-usage": tells(undefined, 6),
  "missing-metrics-and-usage": tells(undefined, undefined),
  "metrics-differ": tells(6, 16),
  "unknown-stop-reason": (outcome) => {
    arrives(outcome);
    const { answer, events } = outcome;
    assert.equal(answer?.stop_reason ?? events.at(-2)?.delta?.stop_reason, "emulator_surprise");
  },
  "unknown-fields": (outcome) => {
    arrives(outcome);
    assert.ok("emulator_unknown_field" in (outcome.answer ?? outcome.events[0] ?? {}));
  },
};

for (const { name, unary, stream } of faultCatalogue) {
  for (const protocol of protocols) {
    if (unary) {
      test(`${name} strikes a whole answer over HTTP/${protocol}`, () =>
        provoke(unary, "unary", protocol));
    }
    if (stream) {
      test(`${name} strikes a stream over HTTP/${protocol}`, () =>
        provoke(stream, "stream", protocol));
    }
  }
}

test("the catalogue has every kind of fault", () => {
  const kinds = new Set(faultCatalogue.map(({ unary, stream }) => (unary ?? stream)?.action.kind));
  assert.deepEqual([...kinds].sort(), Object.keys(checks).sort());
});
