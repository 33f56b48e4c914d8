/** The command was called wrongly; its message says what to do instead. Exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
