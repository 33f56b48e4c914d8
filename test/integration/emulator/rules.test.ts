import assert from "node:assert/strict";
import { test } from "node:test";
import type { FaultRule } from "../../../emulator/fault-rule.ts";
import { createFaults } from "../../../emulator/faults.ts";
import { parseFaultRules } from "../../../emulator/parse-fault-rules.ts";
import { sonnet } from "./fixture.ts";

const action = { kind: "html-503" } as const;
const call = {
  api: "invoke",
  modelId: `us.${sonnet}`,
  operation: "unary",
  region: "us-east-1",
} as const;

const timings: readonly (readonly [claim: string, rule: FaultRule, struck: readonly number[]])[] = [
  ["every call", { action }, [1, 2, 3, 4, 5]],
  ["the third call", { nthCall: 3, action }, [3]],
  ["calls from the second on", { fromCall: 2, action }, [2, 3, 4, 5]],
  ["two calls from the second on", { fromCall: 2, times: 2, action }, [2, 3]],
  ["the first two calls", { times: 2, action }, [1, 2]],
  ["a model by its id without prefix", { modelId: sonnet, action }, [1, 2, 3, 4, 5]],
  ["a model by its whole id", { modelId: call.modelId, action }, [1, 2, 3, 4, 5]],
  ["no other model", { modelId: `eu.${sonnet}`, action }, []],
  ["no other region", { region: "eu-west-1", action }, []],
  ["no other operation", { operation: "stream", action }, []],
  ["both operations", { operation: "both", action }, [1, 2, 3, 4, 5]],
  ["no call that has no such place", { action: { kind: "bad-crc" } }, []],
];

for (const [claim, rule, struck] of timings) {
  test(`a rule strikes ${claim}`, () => {
    const faults = createFaults([rule]);
    const calls = [1, 2, 3, 4, 5].filter(() => faults.take(call) !== undefined);
    assert.deepEqual(calls, struck);
  });
}

test("the first rule that is due strikes, and later rules count the call all the same", () => {
  const faults = createFaults([
    { nthCall: 1, action },
    { nthCall: 2, action: { kind: "reset" } },
  ]);
  const kinds = [1, 2, 3].map(() => faults.take(call)?.action.kind);
  assert.deepEqual(kinds, ["html-503", "reset", undefined]);
});

const mistakes: readonly (readonly [rules: unknown, message: RegExp])[] = [
  [{}, /not a list/],
  [[7], /rule 1 is not an object/],
  [[{}], /has no "action"/],
  [[{ action: {} }], /has no "kind"/],
  [[{ action: { kind: "explode" } }], /kind "explode" is not one of exception, .*unknown-fields/],
  [[{ action, model: "x" }], /unknown member "model"; allowed are api, modelId, region/],
  [[{ action, nthCall: 0 }], /nthCall 0 is not a whole number from 1/],
  [[{ action, nthCall: 1, times: 2 }], /"nthCall" together with/],
  [[{ action: { kind: "exception" } }], /has no "exception": it is one of AccessDenied/],
  [[{ action: { kind: "exception", exception: "Oops" } }], /exception "Oops" is not one of/],
  [[{ action: { kind: "stall", at: "end" } }], /at "end" is not one of response, first-frame/],
  [[{ action: { kind: "html-503", at: "response" } }], /unknown member "at"; allowed are kind/],
  [[{ operation: "unary", action: { kind: "bad-crc" } }], /"bad-crc" cannot strike in unary/],
  [[{ action: { kind: "bad-crc", at: "response" } }], /cannot strike at "response"/],
];

for (const [rules, message] of mistakes) {
  test(`the mistake in ${JSON.stringify(rules)} is named`, () => {
    assert.throws(() => parseFaultRules(rules), { message });
  });
}
