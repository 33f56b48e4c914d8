import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { summaryLine } from "../../../client/cli/summary-line.ts";
import {
  CompletedSchema,
  Direction,
  RedactionAction,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";

describe("the line about an answer", () => {
  it("tells what policies found, by entity and never by value", () => {
    const redactions = [
      { entity: "EMAIL", count: 2, direction: Direction.REQUEST, action: RedactionAction.REDACTED },
      { entity: "SSN", count: 1, direction: Direction.RESPONSE, action: RedactionAction.MASKED },
    ];
    const line = summaryLine(create(CompletedSchema, { redactions }));
    assert.match(line, / \| personal data: 2 EMAIL asked, redacted; 1 SSN answered, masked$/);
  });

  it("says nothing of it where there was nothing", () => {
    assert.doesNotMatch(summaryLine(create(CompletedSchema)), /personal/);
  });
});
