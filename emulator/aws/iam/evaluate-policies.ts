import type { IamDocument, IamStatement } from "./iam-account.ts";

/** What IAM decides, in the words of SimulatePrincipalPolicy. */
export type IamDecision = "allowed" | "explicitDeny" | "implicitDeny";

/** Decides one action on one resource by identity-based policies; a Deny wins, and silence denies. */
export function evaluatePolicies(
  documents: readonly IamDocument[],
  action: string,
  resource: string,
): IamDecision {
  const matching = documents
    .flatMap(({ Statement }) => Statement)
    .filter((statement) => isAbout(statement, action, resource));
  if (matching.some(({ Effect }) => Effect === "Deny")) return "explicitDeny";
  return matching.some(({ Effect }) => Effect === "Allow") ? "allowed" : "implicitDeny";
}

function isAbout(statement: IamStatement, action: string, resource: string): boolean {
  const { Action, NotAction, Resource, NotResource } = statement;
  const isAction = Action ? matches(Action, action, "i") : !matches(NotAction, action, "i");
  const isResource = Resource ? matches(Resource, resource) : !matches(NotResource, resource);
  return isAction && isResource;
}

function matches(patterns: string | string[] | undefined, text: string, flags = ""): boolean {
  const list = typeof patterns === "string" ? [patterns] : (patterns ?? []);
  return list.some((pattern) => {
    const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
    const source = escaped.replaceAll("*", ".*").replaceAll("?", ".");
    return new RegExp(`^${source}$`, flags).test(text);
  });
}
