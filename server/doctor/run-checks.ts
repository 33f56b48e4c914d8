import { AskFailure } from "./aws/ask-failure.ts";
import { unanswered } from "./aws/unanswered.ts";
import type { Ask, Check, Finding } from "./check.ts";

/** A check and what it came to. */
export interface CheckResult {
  readonly check: Check;
  readonly finding: Finding;
}

/** How checks are run. */
export interface RunOptions {
  /** Each check's own limit. */
  readonly limitMs: number;
  /** How many run at once; 6 if not said. */
  readonly atOnce?: number | undefined;
}

/** Runs checks side by side, and gives their findings in the order of the checks. It never throws. */
export async function runChecks(
  checks: readonly Check[],
  { limitMs, atOnce = 6 }: RunOptions,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const waiting = [...checks.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, check] = next;
      results[index] = { check, finding: await runCheck(check, limitMs) };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

/** Runs one check; beyond its limit, and where AWS gives no answer, it is unknown. */
export async function runCheck(check: Check, limitMs: number): Promise<Finding> {
  const limit = new AbortController();
  const late = Promise.withResolvers<Finding>();
  const timer = setTimeout(() => {
    late.resolve(tooLate(limitMs));
    limit.abort();
  }, limitMs);
  const ask: Ask = async (action, call) => {
    try {
      return await call({ abortSignal: limit.signal });
    } catch (error) {
      throw new AskFailure(action, error);
    }
  };
  try {
    return await Promise.race([late.promise, check.run(ask).catch(failed)]);
  } finally {
    clearTimeout(timer);
  }
}

function failed(error: unknown): Finding {
  if (error instanceof AskFailure) return unanswered(error);
  const name = error instanceof Error ? error.name : "Error";
  return {
    verdict: "unknown",
    reason: `The check itself failed (${name}).`,
    evidence: [],
    remedies: ["Please report it, with the version of the gateway."],
  };
}

function tooLate(limitMs: number): Finding {
  return {
    verdict: "unknown",
    reason: `There was no answer within ${limitMs / 1000} s.`,
    evidence: [],
    remedies: [
      "Run axonflow doctor where AWS's services can be reached, or give it more time: --timeout 60.",
    ],
  };
}
