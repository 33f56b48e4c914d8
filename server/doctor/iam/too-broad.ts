import type { Problem } from "../findings.ts";
import { listOf, type PolicyDocument, type PolicyStatement } from "./policy-document.ts";

/** A policy with the name by which people find it. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

const remedy = "Put the output of axonflow iam-policy in its place.";

/** What Bedrock's own actions a gateway needs; all others of Bedrock are too many. */
const needed = [
  "bedrock:InvokeModel",
  "bedrock:InvokeModelWithResponseStream",
  "bedrock:ApplyGuardrail",
  "bedrock:ListFoundationModels",
  "bedrock:ListInferenceProfiles",
];

/** What in a policy allows more than calls of models; statements that deny are always fine. */
export function tooBroad({ name, document }: NamedPolicy): readonly Problem[] {
  return [document.Statement]
    .flat()
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap((statement) => [
      ...actionProblems(name, statement),
      ...(isAboutModels(statement) ? resourceProblems(name, statement) : []),
    ]);
}

function actionProblems(name: string, { Action, NotAction }: PolicyStatement): readonly Problem[] {
  if (NotAction !== undefined) {
    const reason = `${name} allows everything but what it names (NotAction).`;
    return [{ verdict: "fail", reason, remedy }];
  }
  const actions = listOf(Action);
  const all = actions.filter((action) =>
    /^(?:\*|(?:bedrock|iam|kms|s3|cloudtrail|sts):\*)$/i.test(action),
  );
  const patterns = actions.filter((action) => !all.includes(action) && action.includes("*"));
  const more = actions.filter(
    (action) => /^bedrock:[^*]+$/i.test(action) && !isNeeded(action) && !isReading(action),
  );
  const told = (verdict: "fail" | "warn", which: readonly string[], what: string): Problem[] =>
    which.length === 0
      ? []
      : [{ verdict, reason: `${name} allows ${which.join(", ")}${what}.`, remedy }];
  return [
    ...told("fail", all, ", which is everything of a service"),
    ...told("warn", patterns, ", whatever AWS adds to it"),
    ...told("warn", more, ", which the gateway does not need"),
  ];
}

const isNeeded = (action: string) =>
  needed.some((each) => each.toLowerCase() === action.toLowerCase());
const isReading = (action: string) => /^bedrock:(?:Get|List)[A-Z]/.test(action);

function isAboutModels({ Action }: PolicyStatement): boolean {
  return listOf(Action).some((action) => /^(?:\*|bedrock:(?:\*|invoke))/i.test(action));
}

/** `arn:aws:bedrock:*::foundation-model/*` and wider are too broad; a wildcard of regions is worth a look. */
function resourceProblems(name: string, statement: PolicyStatement): readonly Problem[] {
  const { Resource, NotResource } = statement;
  if (NotResource !== undefined) {
    const reason = `${name} allows calls of all models but some (NotResource).`;
    return [{ verdict: "fail", reason, remedy }];
  }
  return listOf(Resource).flatMap((resource): Problem[] => {
    if (/^\*$|\/\*$|^arn:aws[a-z-]*:bedrock:[^/]*\*$/.test(resource)) {
      return [
        { verdict: "fail", reason: `${name} allows calls of every model: ${resource}.`, remedy },
      ];
    }
    if (!resource.includes("*")) return [];
    return [{ verdict: "warn", reason: `${name} leaves places open: ${resource}.`, remedy }];
  });
}
