import assert from "node:assert/strict";
import { it } from "node:test";
import { Code } from "@connectrpc/connect";
import { exitCodeOf, exitCodes, exitCodesHelp } from "../../../client/cli/exit-codes.ts";
import { UsageError } from "../../../client/cli/usage-error.ts";
import { GatewayCallError } from "../../../client/sdk/node.ts";

it("every status code has the exit status that the help promises", () => {
  const expected = {
    Canceled: 1,
    Unknown: 1,
    InvalidArgument: 2,
    DeadlineExceeded: 7,
    NotFound: 4,
    AlreadyExists: 4,
    PermissionDenied: 3,
    ResourceExhausted: 5,
    FailedPrecondition: 4,
    Aborted: 1,
    OutOfRange: 2,
    Unimplemented: 4,
    Internal: 1,
    Unavailable: 6,
    DataLoss: 8,
    Unauthenticated: 3,
  } satisfies Record<keyof typeof Code, number>;
  for (const [name, status] of Object.entries(expected)) {
    const code = Code[name as keyof typeof Code];
    assert.equal(exitCodeOf(new GatewayCallError(code, "x")), status, name);
  }
  assert.equal(exitCodeOf(new UsageError("x")), 2);
  assert.equal(exitCodeOf(new Error("x")), 1);
});

it("the help lists every exit status", () => {
  for (const status of Object.values(exitCodes)) {
    assert.match(exitCodesHelp, new RegExp(`^ +${status}  `, "m"));
  }
});
