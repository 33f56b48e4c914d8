import type { DoorWatch } from "../core/door-watch.ts";
import type { Log } from "../core/log.ts";
import type { Admin } from "./admin.ts";
import type { Audit } from "./audit/audit.ts";
import type { Authenticate } from "./authenticate.ts";
import type { Gate } from "./gate.ts";
import type { HelpLinks } from "./help-links.ts";
import type { Intake } from "./intake.ts";
import type { Keys } from "./keys/keys.ts";
import type { Models } from "./models.ts";
import type { Readiness } from "./readiness.ts";
import type { ShadowReports } from "./shadow-reports.ts";
import type { Usage } from "./usage.ts";

/** What all three doors stand in front of, and the limits that they all keep. */
export interface Front {
  readonly intake: Intake;
  readonly models: Models;
  readonly shadowReports: ShadowReports;
  readonly usage: Usage;
  readonly admin: Admin;
  readonly keys: Keys;
  readonly audit: Audit;
  readonly authenticate: Authenticate;
  readonly gate: Gate;
  readonly readiness: Readiness;
  readonly log: Log;
  readonly watch: DoorWatch;
  /** The largest message that a door reads, in bytes. */
  readonly maxMessageBytes: number;
  /** The longest that a call may take, in milliseconds, its reader's own slowness included. */
  readonly callTimeoutMs: number;
  /** Origins whose web pages may call, for example `https://app.example.com`; `*` means all. */
  readonly corsOrigins: readonly string[];
  /** Undefined: errors link to nothing. */
  readonly helpLinks?: HelpLinks | undefined;
}
