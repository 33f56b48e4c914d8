import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { AuditEntry, AuditLog } from "../core/audit-log.ts";
import { GatewayError, reasonName } from "../core/error.ts";
import type { Log, LogFields } from "../core/log.ts";
import type { Gate } from "./gate.ts";
import type { Caller } from "./intake.ts";

/** Who wants to know, or to change something. */
export type Operator = Pick<Caller, "principal" | "requestId">;

/** Those who may see and change the gateway itself. */
export interface Operators {
  /** Throws PERMISSION_DENIED for everybody else, and UNAVAILABLE while the gateway drains. */
  admit(operator: Operator): void;
  /**
   * Makes a change that is on record before it is made, with the name of who makes it, and logged after it. That one failed
   * is on record too. Throws AUDIT_UNAVAILABLE, and what `perform` throws.
   */
  change<T>(operator: Operator, change: Change, perform: () => T | Promise<T>): Promise<T>;
}

/** What somebody is about to change. */
export interface Change {
  /** For the audit log, for example `keys.create`. */
  readonly action: string;
  /** What about it. Nothing secret. */
  readonly detail: LogFields;
  /** What the log says when it is done. */
  readonly done: string;
}

export interface OperatorsOptions {
  readonly gate: Gate;
  readonly log: Log;
  readonly audit: AuditLog;
  /** The names of the licence keys that may come in; undefined lets everybody, where no keys are asked for at all. */
  readonly adminKeys: ReadonlySet<string> | undefined;
  /** The setting that has these names, for whoever is refused. Default: AXONFLOW_ADMIN_KEYS. */
  readonly setting?: string | undefined;
}

/** What the calls of AdminService have in common. */
export function createOperators(options: OperatorsOptions): Operators {
  const { gate, log, audit, adminKeys, setting = "AXONFLOW_ADMIN_KEYS" } = options;
  return {
    admit({ principal }) {
      if (adminKeys && !adminKeys.has(principal.name)) {
        throw notNamed(principal.name, setting);
      }
      gate.enter().leave();
    },
    async change(operator, { action, detail, done }, perform) {
      const { principal, requestId } = operator;
      const entry = changeEntry(operator, { action, ...detail });
      await audit.intend(entry);
      try {
        const result = await perform();
        log.info({ principal: principal.name, requestId, ...detail }, done);
        return result;
      } catch (error) {
        const failure = reasonName(GatewayError.from(error).reason);
        const failed = { ...entry, content: { ...entry.content, failure } };
        await audit.record(failed).catch(() => {});
        throw error;
      }
    },
  };
}

function changeEntry({ principal, requestId }: Operator, detail: object): AuditEntry {
  const { name: by, keyId } = principal;
  return { kind: "change", requestId, tenant: "", content: { by, keyId, ...detail } };
}

function notNamed(name: string, setting: string): GatewayError {
  const remedy = `Name the licence key in ${setting} (now it does not name ${name}) and restart the gateway, or use a key that is named there.`;
  return new GatewayError(
    Code.PermissionDenied,
    ErrorReason.PERMISSION_DENIED,
    `The licence key ${name} may not do this. ${remedy}`,
    { metadata: { remedy } },
  );
}
