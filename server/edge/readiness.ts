import type { AuditState } from "../core/audit-log.ts";
import type { Gate } from "./gate.ts";

/** Whether calls are welcome, and what whoever asks should know besides. */
export interface Health {
  readonly isReady: boolean;
  /** `ready`, `draining`, or `audit unavailable` while no call could be put on record. */
  readonly status: string;
  /** How the audit log is kept: `compliance`, `performance`, or `off`. */
  readonly audit: AuditState["mode"];
}

/** Tells the truth of this moment. */
export type Readiness = () => Health;

/** Of a gateway that lets calls in, and can put them on record where it has to. */
export function createReadiness(
  gate: Pick<Gate, "open">,
  auditLog: { readonly state: AuditState },
): Readiness {
  return () => {
    const { mode: audit, isFailing } = auditLog.state;
    if (!gate.open) return { isReady: false, status: "draining", audit };
    // Written behind, the log may be away for a while; calls are refused only when it is full.
    if (isFailing && audit === "compliance") {
      return { isReady: false, status: "audit unavailable", audit };
    }
    return { isReady: true, status: "ready", audit };
  };
}
