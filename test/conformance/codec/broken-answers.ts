import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import fc from "fast-check";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { sampleAttempt, sampleEndpoint } from "../../fakes/calls.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import type { CodecCase } from "../codec-suite.ts";
import { damaged } from "./damage.ts";
import type { Exchange } from "./exchange.ts";
import { assertSendable, completedOf, readStream } from "./reading.ts";

const noAnswers: readonly (readonly [about: string, body: unknown])[] = [
  ["nothing", undefined],
  ["null", null],
  ["a number", 7],
  ["a text", "Paris."],
  ["a list", []],
  ["an empty object", {}],
  ["an error", { error: { type: "x" } }],
  ["a message", { message: "Something went wrong." }],
];

/** Answers that are not what the family promises: typed, never a fault of ours, never something that cannot travel. */
export function brokenAnswers(
  { codec, model, broken }: CodecCase,
  found: readonly Exchange[],
): void {
  const asked = sampleAttempt({ endpoint: sampleEndpoint({ family: codec.family, model }) });

  describe("a broken answer", () => {
    for (const [about, body] of [...noAnswers, ...broken]) {
      it(`that is ${about} is DATA_LOSS`, async () => {
        const error = await refusalOf(() => codec.decode(body, asked, undefined));
        assert.equal(error.code, Code.DataLoss);
        assert.equal(error.reason, ErrorReason.PROVIDER_MALFORMED_RESPONSE);
        assert.equal(error.retry, "other-endpoint");
      });
    }

    it("is either read or DATA_LOSS, whichever member is broken", () => {
      const bodies = found.filter(({ answer }) => answer !== undefined);
      const anyDamage = fc.constantFrom(...bodies).chain(({ answer }) => damaged(answer));
      fc.assert(
        fc.property(anyDamage, (body) => {
          const events = unlessRefused(() => codec.decode(body, asked, undefined), Code.DataLoss);
          if (events) completedOf(events);
        }),
        { numRuns: 300 },
      );
    });

    it("in a stream is either read or a typed error, whichever member of a chunk is broken", () => {
      const streams = found.flatMap(({ chunks }) => (chunks ? [chunks] : []));
      const anyDamage = fc.constantFrom(...streams).chain((chunks) => damaged(chunks));
      fc.assert(
        fc.property(anyDamage, (chunks) => {
          const list = Array.isArray(chunks) ? chunks : [chunks];
          const events = unlessRefused(() => readStream(codec, asked, list));
          if (events?.some((event) => event.case === "completed")) completedOf(events);
        }),
        { numRuns: 300 },
      );
    });
  });
}

/** The events, all of which can travel, or undefined where a typed error was thrown. */
function unlessRefused(
  read: () => readonly CompletionEvent[],
  code?: Code,
): readonly CompletionEvent[] | undefined {
  try {
    const events = read();
    assertSendable(events);
    return events;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (code !== undefined) assert.equal(error.code, code);
    return undefined;
  }
}
