import { Code } from "@connectrpc/connect";
import { GatewayCallError } from "../sdk/node.ts";
import { UsageError } from "./usage-error.ts";

/** What the command's exit statuses mean; scripts may rely on them. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  denied: 3,
  notServed: 4,
  exhausted: 5,
  unavailable: 6,
  deadline: 7,
  dataLoss: 8,
  interrupted: 130,
  outputClosed: 141,
  terminated: 143,
} as const;

/** The list of exit statuses, as the help shows it. */
export const exitCodesHelp = `

Exit status:
    0  the answer is whole
    1  internal error, or one that nobody foresaw
    2  wrong usage, or a request that has to be mended (INVALID_ARGUMENT)
    3  no or wrong licence key (UNAUTHENTICATED, PERMISSION_DENIED)
    4  not there, there already, not enabled or not served (NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION,
       UNIMPLEMENTED)
    5  throttled or over a limit (RESOURCE_EXHAUSTED)
    6  no gateway there, or none of its providers could answer (UNAVAILABLE)
    7  the deadline passed (DEADLINE_EXCEEDED)
    8  the answer was cut or is malformed (DATA_LOSS)
  130  Ctrl-C (SIGINT); the call was cancelled
  141  whoever read the output went away (as with | head -1); the call was cancelled
  143  SIGTERM; the call was cancelled`;

const byCode = new Map<Code, number>([
  [Code.InvalidArgument, exitCodes.usage],
  [Code.OutOfRange, exitCodes.usage],
  [Code.Unauthenticated, exitCodes.denied],
  [Code.PermissionDenied, exitCodes.denied],
  [Code.NotFound, exitCodes.notServed],
  [Code.AlreadyExists, exitCodes.notServed],
  [Code.FailedPrecondition, exitCodes.notServed],
  [Code.Unimplemented, exitCodes.notServed],
  [Code.ResourceExhausted, exitCodes.exhausted],
  [Code.Unavailable, exitCodes.unavailable],
  [Code.DeadlineExceeded, exitCodes.deadline],
  [Code.DataLoss, exitCodes.dataLoss],
]);

/** The exit status for anything that was thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof GatewayCallError) return byCode.get(error.code) ?? exitCodes.failure;
  return exitCodes.failure;
}
