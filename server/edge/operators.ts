import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../core/error.ts";
import type { Log, LogFields } from "../core/log.ts";
import type { Gate } from "./gate.ts";
import type { Caller } from "./intake.ts";

/** Who wants to know, or to change something. */
export type Operator = Pick<Caller, "principal" | "requestId">;

/** Those who may see and change the gateway itself. */
export interface Operators {
  /** Throws PERMISSION_DENIED for everybody else, and UNAVAILABLE while the gateway drains. */
  admit(operator: Operator): void;
  /** Logs a change with the name of who made it. */
  changed(operator: Operator, change: LogFields, what: string): void;
}

export interface OperatorsOptions {
  readonly gate: Gate;
  readonly log: Log;
  /** The names of the licence keys that may come in; undefined lets everybody, where no keys are asked for at all. */
  readonly adminKeys: ReadonlySet<string> | undefined;
}

/** What the calls of AdminService have in common. */
export function createOperators({ gate, log, adminKeys }: OperatorsOptions): Operators {
  return {
    admit({ principal }) {
      if (adminKeys && !adminKeys.has(principal.name)) throw notAnAdmin(principal.name);
      gate.enter().leave();
    },
    changed: ({ principal, requestId }, change, what) =>
      log.info({ principal: principal.name, requestId, ...change }, what),
  };
}

function notAnAdmin(name: string): GatewayError {
  const remedy = `Name the licence key in AXONFLOW_ADMIN_KEYS (now it does not name ${name}) and restart the gateway, or use a key that is named there.`;
  return new GatewayError(
    Code.PermissionDenied,
    ErrorReason.PERMISSION_DENIED,
    `The licence key ${name} may not do this. ${remedy}`,
    { metadata: { remedy } },
  );
}
