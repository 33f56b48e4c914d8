import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type AwsAccount, goodAccount } from "../../../emulator/aws/aws-account.ts";
import { type AwsEmulator, createAwsEmulator } from "../../../emulator/aws/aws-emulator.ts";
import type { Check, Finding, Verdict } from "../../../server/doctor/check.ts";
import { runCheck } from "../../../server/doctor/run-checks.ts";

const limitMs = 20_000;

/** What a check should come to, and what its reason should say. */
export interface Expected {
  readonly verdict: Verdict;
  readonly reason: RegExp;
  /** One of the remedies. */
  readonly remedy?: RegExp;
}

/**
 * One AWS for the tests of a file: the SDK's own variables lead all of its clients there. Every test begins with a good
 * account.
 */
export function examinedAws(): { readonly aws: AwsEmulator; readonly account: AwsAccount } {
  let aws: AwsEmulator;
  before(async () => {
    aws = await createAwsEmulator();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: "emulator",
      AWS_SECRET_ACCESS_KEY: "emulator",
    });
  });
  beforeEach(() => {
    Object.assign(aws.account, goodAccount());
    aws.clearFaults();
  });
  after(() => aws.close());
  return {
    get aws() {
      return aws;
    },
    get account() {
      return aws.account;
    },
  };
}

/** Runs a check, and holds its finding against what is expected. */
export async function expectFinding(check: Check, expected: Expected): Promise<Finding> {
  const finding = await runCheck(check, limitMs);
  assert.equal(finding.verdict, expected.verdict, JSON.stringify(finding));
  assert.match(finding.reason, expected.reason);
  if (expected.remedy) assert.match(finding.remedies.join("\n"), expected.remedy);
  if (finding.verdict === "pass") assert.deepEqual(finding.remedies, []);
  else assert.ok(finding.remedies.length > 0, "nothing says what to do");
  return finding;
}

/** A way in which an account can be, and what a check makes of it; `denied` is an operation that AWS refuses meanwhile. */
export type Case = readonly [
  name: string,
  change: (account: AwsAccount) => void,
  expected: Expected & { readonly denied?: string },
  check?: Check,
];

/** A check, the questions that it asks AWS, and its cases. */
export interface Examined {
  readonly check: Check;
  /** `service operation action` where the action has another name than the operation. */
  readonly asks: readonly string[];
  readonly cases: readonly Case[];
}

/** Tests of all cases, and of every question that AWS does not allow. */
export function examineAll(
  world: ReturnType<typeof examinedAws>,
  examined: readonly Examined[],
): void {
  const deny = (service = "", operation = "") =>
    world.aws.setFaults([{ service, operation, action: { kind: "access-denied" } }]);
  for (const { check, asks, cases } of examined) {
    describe(check.id, () => {
      for (const [name, change, expected, other] of cases) {
        it(`${expected.verdict}: ${name}`, async () => {
          change(world.account);
          if (expected.denied) deny(...expected.denied.split(" "));
          await expectFinding(other ?? check, expected);
        });
      }
      for (const ask of asks) {
        const [service = "", operation = "", action = operation] = ask.split(" ");
        it(`unknown: ${service}:${action} is denied`, async () => {
          deny(service, operation);
          const reason = new RegExp(`may not call ${service}:${action}\\.`);
          const remedy = new RegExp(`Allow ${service}:${action}:`);
          await expectFinding(check, { verdict: "unknown", reason, remedy });
        });
      }
    });
  }
}

/** The first one of a list that has one. */
export function first<T>([one]: readonly T[]): T {
  return one ?? assert.fail("there is none");
}
