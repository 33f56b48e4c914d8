import assert from "node:assert/strict";
import { test } from "node:test";
import { faultCatalogue } from "../../../emulator/fault-catalogue.ts";
import type { FaultKind, FaultRule } from "../../../emulator/fault-rule.ts";
import { createAsker, franceAnswer, franceQuestion, withEmulator } from "./fixture.ts";
import type { Speaker } from "./speakers/speaker.ts";
import { speakers } from "./speakers/speakers.ts";

/** Faults after which the answer is there all the same. */
const harmless: readonly FaultKind[] = [
  "unknown-event-type",
  "pause",
  "split-frames",
  "missing-metrics",
  "missing-usage",
  "missing-metrics-and-usage",
  "metrics-differ",
  "unknown-stop-reason",
  "unknown-fields",
];

/** One rule of each kind and place; of the exceptions one is enough, as Claude's tests have them all. */
const rules = faultCatalogue
  .flatMap(({ name, unary, stream }) => [
    ...(unary ? [{ name: `${name}, whole`, way: "whole" as const, rule: unary }] : []),
    ...(stream ? [{ name: `${name}, streamed`, way: "stream" as const, rule: stream }] : []),
  ])
  .filter(({ rule: { action } }) => {
    return action.kind !== "exception" || action.exception === "ThrottlingException";
  });

/** Puts the question to an emulator with a rule; tells the text, or what went wrong. */
async function provoke(speaker: Speaker, way: "whole" | "stream", rule: FaultRule) {
  let outcome: string | Error = "";
  await withEmulator({ faults: [rule] }, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const { journal } = emulator;
    const question = { turns: [{ role: "user" as const, text: franceQuestion }] };
    const heard = speaker[way](asker, question).then(
      ({ text }) => text,
      (error: Error) => error,
    );
    if (rule.action.kind === "pause") {
      await journal.waitFor(({ kind }) => kind === "paused");
      emulator.release();
    } else {
      const { fault } = await journal.waitFor(({ kind }) => kind === "fault");
      assert.equal(fault, rule.action.kind);
    }
    if (rule.action.kind === "stall") await emulator.close();
    outcome = await heard;
  });
  return outcome;
}

const spoken = speakers.filter(({ name }) => !/^(Claude$|Llama 4)/.test(name)).slice(0, 8);

for (const speaker of spoken) {
  for (const { name, way, rule } of rules) {
    test(`${speaker.name}: ${name}`, async () => {
      const outcome = await provoke(speaker, way, rule);
      if (harmless.includes(rule.action.kind)) assert.equal(outcome, franceAnswer);
      else assert.notEqual(outcome, franceAnswer);
      if (rule.action.kind === "in-band-error") {
        assert.equal((outcome as unknown as Error).name, "ServiceUnavailableException");
      }
    });
  }
}
