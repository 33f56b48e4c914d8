import type { FaultAction } from "../../../emulator/fault-rule.ts";

/** What goes wrong. `refused` is a region that is not there; `cancelled` is a caller that leaves. */
export type Failure =
  | "throttled"
  | "5xx"
  | "reset"
  | "timeout"
  | "refused"
  | "access denied"
  | "bad request"
  | "cancelled";

/** The fault of the emulator; a stream is struck in its first frame where that can be. */
export function faultOf(failure: Failure, isStream: boolean): FaultAction | undefined {
  const at = isStream ? "first-frame" : "response";
  switch (failure) {
    case "throttled":
      return { kind: "exception", exception: "ThrottlingException", retryAfterSeconds: 0 };
    case "5xx":
      return { kind: "exception", exception: "InternalServerException", at };
    case "reset":
      return { kind: "reset", at };
    case "access denied":
      return { kind: "exception", exception: "AccessDeniedException", at };
    case "bad request":
      return { kind: "exception", exception: "ValidationException", at };
    case "timeout":
    case "cancelled":
      return { kind: "stall", at };
    case "refused":
      return undefined;
  }
}

/** What must come of a failure: what the caller gets, what each region was asked, and the circuits after three calls. */
export interface Expected {
  readonly outcome: string;
  /** Undefined: a caller that has left is told nothing. */
  readonly hops: readonly string[] | undefined;
  readonly asked: readonly [number, number];
  readonly circuits: readonly [string, string];
}

/** One failure in the first region alone, and in every region. */
export interface FailureRow {
  readonly failure: Failure;
  readonly first: Expected;
  readonly every: Expected;
}

const east = "us-east-1";
const west = "us-west-2";
const closed = ["closed", "closed"] as const;

/** A failure that may pass by itself: one more try at each endpoint, then the next one. */
function unavailable(failure: Failure): FailureRow {
  const reason = "PROVIDER_UNAVAILABLE";
  const twice = (region: string) => [`${region} ${reason}`, `${region} ${reason}`];
  return {
    failure,
    first: {
      outcome: "answer",
      hops: [...twice(east), `${west} SUCCEEDED`],
      asked: [2, 1],
      circuits: ["open", "closed"],
    },
    every: {
      outcome: "Unavailable ALL_ATTEMPTS_FAILED",
      hops: [...twice(east), ...twice(west)],
      asked: [2, 2],
      circuits: ["open", "open"],
    },
  };
}

/** Every failure that the gateway can meet before the first event. Circuits open at two failures in a row here. */
export const failureRows: readonly FailureRow[] = [
  {
    failure: "throttled",
    first: {
      outcome: "answer",
      hops: [`${east} PROVIDER_THROTTLED`, `${west} SUCCEEDED`],
      asked: [1, 1],
      circuits: closed,
    },
    every: {
      outcome: "ResourceExhausted PROVIDER_THROTTLED",
      // The last region alone is waited for.
      hops: [
        `${east} PROVIDER_THROTTLED`,
        `${west} PROVIDER_THROTTLED`,
        `${west} PROVIDER_THROTTLED`,
      ],
      asked: [1, 2],
      circuits: closed,
    },
  },
  unavailable("5xx"),
  unavailable("reset"),
  {
    failure: "timeout",
    first: {
      outcome: "answer",
      hops: [`${east} PROVIDER_TIMEOUT`, `${west} SUCCEEDED`],
      asked: [1, 1],
      circuits: ["open", "closed"],
    },
    every: {
      outcome: "Unavailable ALL_ATTEMPTS_FAILED",
      hops: [`${east} PROVIDER_TIMEOUT`, `${west} PROVIDER_TIMEOUT`],
      asked: [1, 1],
      circuits: ["open", "open"],
    },
  },
  unavailable("refused"),
  {
    failure: "access denied",
    first: {
      outcome: "answer",
      hops: [`${east} PROVIDER_ACCESS_DENIED`, `${west} SUCCEEDED`],
      asked: [1, 1],
      circuits: closed,
    },
    every: {
      outcome: "FailedPrecondition PROVIDER_ACCESS_DENIED",
      hops: [`${east} PROVIDER_ACCESS_DENIED`, `${west} PROVIDER_ACCESS_DENIED`],
      asked: [1, 1],
      circuits: closed,
    },
  },
  ...(["bad request", "cancelled"] as const).map((failure): FailureRow => {
    const rejected = failure === "bad request";
    const expected: Expected = {
      outcome: rejected ? "InvalidArgument PROVIDER_REJECTED" : "Canceled",
      hops: rejected ? [`${east} PROVIDER_REJECTED`] : undefined,
      asked: [1, 0],
      // A region that was never asked has no circuit yet.
      circuits: ["closed", "none"],
    };
    return { failure, first: expected, every: expected };
  }),
];
