import { AskFailure, failureName } from "./ask-failure.ts";

/** S3 answers a question about what was never set with an error of its own; that is `undefined` here. */
export async function orNeverSet<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const name = error instanceof AskFailure ? failureName(error.cause) : "";
    if (/NotFoundError$|^NoSuch(?!Bucket$)/.test(name)) return undefined;
    throw error;
  }
}
