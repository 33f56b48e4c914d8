import { reasonName } from "../core/error.ts";
import type { PiiEntity } from "../core/pii-entities.ts";
import type { ExplainedFinding, Explanation, TextQuestion } from "./explain-text.ts";
import { checks } from "./pii/checks.ts";

/** What would become of a text, in words. It shows nothing of the text but what is left of it. */
export function printExplanation(
  { way, principal, model }: TextQuestion,
  { findings, passes, refusal }: Explanation,
): string {
  const whose = [`key ${principal.name}`];
  if (principal.tenant) whose.push(`tenant ${principal.tenant}`);
  whose.push(model === "" ? "the default model" : `model ${model}`);
  const found =
    findings.length === 0
      ? ["No policy finds personal data in it."]
      : findings.map((finding) => sentenceOf(finding));
  const receiver = way === "request" ? "The model" : "The caller";
  const end = refusal
    ? [`Refused, ${reasonName(refusal.reason)}: ${refusal.message}`]
    : [`${receiver} gets:`, passes ?? ""];
  const back = findings.some(({ action }) => action === "pseudonymize") ? [comingBack[way]] : [];
  const head = `A text of ${way === "request" ? "a request" : "an answer"}, for ${whose.join(", ")}:`;
  return `${[head, ...found, "", ...end, ...back].join("\n")}\n`;
}

/** The same for programs. */
export function explanationJson({ findings, passes, refusal }: Explanation) {
  return {
    findings: findings.map((finding) => ({ ...finding, check: checkOf(finding) })),
    passes: passes ?? null,
    refusal: refusal
      ? { reason: reasonName(refusal.reason), message: refusal.message, ...refusal.metadata }
      : null,
  };
}

const comingBack = {
  request: "What the model writes in place of a token, the caller gets as the value.",
  response: "Logs get tokens in place of the values.",
} as const;

function sentenceOf(finding: ExplainedFinding): string {
  const { entity, action, policy, start, end } = finding;
  return `  ${entity}: ${action}, by the policy ${policy}; characters ${start + 1} to ${end}; found by ${checkOf(finding)}`;
}

function checkOf({ entity }: ExplainedFinding): string {
  return checks[entity as PiiEntity] ?? "its pattern";
}
