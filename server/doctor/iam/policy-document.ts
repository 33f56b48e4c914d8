/** A statement of a policy document, as IAM keeps it. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** A policy of IAM. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

/** Reads a document as IAM's API gives it: JSON, encoded as in a URL. Undefined where it is none. */
export function readPolicyDocument(text: string): PolicyDocument | undefined {
  try {
    const document = JSON.parse(text.startsWith("%") ? decodeURIComponent(text) : text);
    return typeof document === "object" && document !== null && "Statement" in document
      ? document
      : undefined;
  } catch {
    return undefined;
  }
}

/** One text or several, as a list. */
export function listOf(texts: string | readonly string[] | undefined): readonly string[] {
  if (texts === undefined) return [];
  return typeof texts === "string" ? [texts] : texts;
}
