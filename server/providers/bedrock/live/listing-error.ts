/** The two operations of the control plane that a listing is made of; also the names of their IAM actions. */
export type ListingOperation = "ListFoundationModels" | "ListInferenceProfiles";

/**
 * A listing that could not be read. It is known by the name of what went wrong; the cause's own text stays inside,
 * because AWS repeats session tokens in some of its messages.
 */
export class ListingError extends Error {
  override readonly name: string;
  readonly operation: ListingOperation;
  /** AWS's id of the request; undefined when none of its answers came. */
  readonly requestId: string | undefined;

  constructor(operation: ListingOperation, cause: unknown) {
    super(`${operation} failed`, { cause });
    this.name = nameOf(cause);
    this.operation = operation;
    this.requestId = requestIdOf(cause);
  }
}

/** Network errors of Node are all called `Error`; their code tells them apart. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "Error";
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  return cause.name === "Error" && code ? code : cause.name;
}

function requestIdOf(cause: unknown): string | undefined {
  const metadata = cause instanceof Error && "$metadata" in cause ? cause.$metadata : undefined;
  if (typeof metadata !== "object" || metadata === null || !("requestId" in metadata)) {
    return undefined;
  }
  return typeof metadata.requestId === "string" ? metadata.requestId : undefined;
}
