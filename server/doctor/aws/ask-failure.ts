/** A question to AWS that was not answered; it remembers which IAM action was asked for. */
export class AskFailure extends Error {
  readonly action: string;

  constructor(action: string, cause: unknown) {
    super(`${action} was not answered`, { cause });
    this.name = "AskFailure";
    this.action = action;
  }
}

/** The name of what went wrong: Node's code of a network error where there is one, else AWS's or the SDK's name. */
export function failureName(error: unknown): string {
  if (!(error instanceof Error)) return "Error";
  if ("code" in error && typeof error.code === "string" && /^E[A-Z_]+$/.test(error.code)) {
    return error.code;
  }
  return error.name;
}
