import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { exceptionKinds } from "../../../emulator/exceptions.ts";
import { faultCatalogue } from "../../../emulator/fault-catalogue.ts";
import type { FaultAction, FaultRule } from "../../../emulator/fault-rule.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { providerError } from "../../../server/providers/bedrock/errors.ts";
import type { BedrockApi } from "../../../server/providers/bedrock/transport/transport.ts";
import type { TransportCase } from "../bedrock-transport-suite.ts";
import { apis, openStage, question, readAll, type Stage, staying, textOf } from "./stage.ts";

/** These wait until somebody leaves or lets them go on; `leaving` is about them. */
const waiting: ReadonlySet<FaultAction["kind"]> = new Set(["stall", "pause"]);

/** What a fault that names no exception has to be taken for; "nothing" where the transport does not see it. */
const reasons: Readonly<Partial<Record<FaultAction["kind"], ErrorReason | "nothing">>> = {
  reset: ErrorReason.PROVIDER_UNAVAILABLE,
  "truncated-body": ErrorReason.PROVIDER_UNAVAILABLE,
  "html-503": ErrorReason.PROVIDER_UNAVAILABLE,
  "truncated-frame": ErrorReason.PROVIDER_MALFORMED_RESPONSE,
  "bad-crc": ErrorReason.PROVIDER_MALFORMED_RESPONSE,
  "broken-json-body": ErrorReason.PROVIDER_MALFORMED_RESPONSE,
};

/** Every fault that the emulator knows, at every place, through both APIs. */
export function faults(subject: TransportCase): void {
  describe("tells", () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage(subject);
    });
    after(() => stage.close());

    for (const { name, unary, stream } of faultCatalogue) {
      for (const api of apis) {
        if (unary && !waiting.has(unary.action.kind)) {
          it(`${name}, in a whole answer of ${api}`, () => wholeFault(stage, api, unary));
        }
        if (stream && !waiting.has(stream.action.kind)) {
          it(`${name}, in a stream of ${api}`, () => streamFault(stage, api, stream));
        }
      }
    }
  });
}

async function wholeFault({ emulator, transport }: Stage, api: BedrockApi, rule: FaultRule) {
  emulator.setFaults([rule]);
  const { action } = rule;
  let failure: unknown;
  try {
    const { requestId } = await transport.whole(question(api), staying);
    assert.ok(requestId);
  } catch (error) {
    failure = error;
  }
  emulator.clearFaults();
  if (action.kind === "exception") return assertException(failure, action, emulator);
  // Over the SDK an empty Converse answer is an empty object, which the codec refuses.
  if (action.kind === "empty-body" && !failure) return;
  if (action.kind === "empty-body")
    return assertReason(failure, ErrorReason.PROVIDER_MALFORMED_RESPONSE);
  assertReason(failure, reasons[action.kind] ?? "nothing");
}

async function streamFault({ emulator, transport }: Stage, api: BedrockApi, rule: FaultRule) {
  emulator.setFaults([rule]);
  const { action } = rule;
  const { events, failure, requestId } = await readAll(
    transport.stream(question(api, "Write 9 words."), staying),
  );
  emulator.clearFaults();
  const isInside = "at" in action && action.at === "mid-stream";
  if (isInside) assert.ok(textOf(events).length > 0, "what came before is given");
  const isFirst = "at" in action && action.at !== "mid-stream";
  if (isFirst && failure) assert.deepEqual(events, []);
  switch (action.kind) {
    case "exception":
      if (isInside) assert.equal(requestId, emulator.journal.entries.at(-1)?.requestId);
      return assertException(withId(failure, requestId), action, emulator);
    case "error-frame":
      return assert.equal((failure as Error).name, "InternalError");
    case "in-band-error":
      if (api === "converse") assert.match((failure as Error).name, /^serviceUnavailable/i);
      else assert.deepEqual((events.at(-1) as { type: string }).type, "error");
      return;
    default:
      assertReason(failure, reasons[action.kind] ?? "nothing");
      if (!failure && !["clean-end", "empty-body"].includes(action.kind)) {
        assert.equal(textOf(events).split(" ").length, 9);
      }
  }
}

/** A transport may tell the id with the answer, or with the error where there is no answer. */
function withId(failure: unknown, requestId: string | undefined): unknown {
  return requestId === undefined
    ? failure
    : Object.assign(failure as Error, { $metadata: { requestId } });
}

/** The exception's own name and words, as the error table reads them, and the id by which AWS knows the request. */
function assertException(
  failure: unknown,
  { exception, at }: Extract<FaultAction, { kind: "exception" }>,
  { journal }: Stage["emulator"],
): void {
  assert.ok(failure instanceof Error);
  const { name, message } = failure;
  assert.equal(name.toLowerCase(), exception.toLowerCase());
  // The SDK gives an exception that it does not know the raw body for words.
  assert.ok(message.includes(exceptionKinds[exception].message), message);
  const { $metadata } = failure as { $metadata?: { requestId?: string; httpStatusCode?: number } };
  if (at === "response") assert.equal($metadata?.httpStatusCode, exceptionKinds[exception].status);
  if (at !== "mid-stream") assert.equal($metadata?.requestId, journal.entries.at(-1)?.requestId);
}

function assertReason(failure: unknown, expected: ErrorReason | "nothing"): void {
  const found = failure === undefined ? "nothing" : providerError(failure).reason;
  assert.equal(found, expected, String(failure));
}
