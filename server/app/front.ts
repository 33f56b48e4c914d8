import type { Catalogue } from "../core/catalogue.ts";
import type { Clock } from "../core/clock.ts";
import type { LiveConfiguration } from "../core/configuration-state.ts";
import type { Log } from "../core/log.ts";
import type { Storage } from "../core/storage.ts";
import type { Traffic } from "../core/traffic.ts";
import { createAdmin } from "../edge/admin.ts";
import { createAudit } from "../edge/audit/audit.ts";
import type { Front } from "../edge/front.ts";
import type { Gate } from "../edge/gate.ts";
import { createHelpLinks } from "../edge/help-links.ts";
import { createIntake } from "../edge/intake.ts";
import type { KeyRing } from "../edge/keys/key-ring.ts";
import { createKeys } from "../edge/keys/keys.ts";
import { createModels } from "../edge/models.ts";
import { createOperators } from "../edge/operators.ts";
import { createReadiness } from "../edge/readiness.ts";
import { createShadowReports } from "../edge/shadow-reports.ts";
import { createUsage } from "../edge/usage.ts";
import type { IdempotencyStore } from "../resilience/idempotency-store.ts";
import type { AuditDesk } from "./audit.ts";
import type { BudgetMemory } from "./budget-memory.ts";
import type { PlacedProvider } from "./providers.ts";
import type { Memory } from "./resilience.ts";
import type { LoadedConfiguration, Serving } from "./serving.ts";
import type { ShadowMode } from "./shadow-mode.ts";
import type { Watching } from "./telemetry.ts";
import { version } from "./version.ts";

/** What the doors' answers are made of; all of it outlives a reload but `serving`, which is asked anew each time. */
export interface FrontOptions {
  readonly settings: LoadedConfiguration["settings"];
  readonly serving: () => Serving;
  readonly gate: Gate;
  readonly catalogue: Catalogue;
  readonly storage: Storage;
  readonly audit: AuditDesk;
  readonly keyRing: KeyRing;
  readonly budgetMemory: BudgetMemory;
  readonly shadow: Pick<ShadowMode, "report">;
  readonly places: readonly PlacedProvider["place"][];
  readonly memory: Memory;
  readonly traffic: Traffic;
  readonly repeatable: Pick<IdempotencyStore, "state">;
  readonly configuration: LiveConfiguration;
  readonly watching: Watching;
  /** Whether callers have to say who they are. Where not, nobody has a name, and the gateway is on loopback. */
  readonly asksWho: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** What all doors stand in front of. */
export function createFront(options: FrontOptions): Front {
  const { settings, serving, gate, catalogue, storage, audit, keyRing, clock, log } = options;
  const { asksWho, budgetMemory, shadow, watching } = options;
  const { maxMessageBytes, callTimeoutMs, corsOrigins, helpUrl, adminKeys } = settings;
  const those = (names: readonly string[], setting: string) =>
    createOperators({
      gate,
      log,
      audit: audit.log,
      adminKeys: asksWho ? new Set(names) : undefined,
      setting,
    });
  const operators = those(adminKeys, "AXONFLOW_ADMIN_KEYS");
  return {
    intake: createIntake({
      handle: (call) => serving().pipeline.handle(call),
      gate,
      clock,
      callTimeoutMs,
    }),
    models: createModels({ catalogue, gate }),
    shadowReports: createShadowReports({ report: shadow.report, gate }),
    usage: createUsage({
      gate,
      clock,
      ...storage,
      budgets: budgetMemory.states,
      isAdmin: ({ name }) => !asksWho || adminKeys.includes(name),
    }),
    admin: createAdmin({
      ...options,
      ...options.memory,
      operators,
      version,
      layers: serving().pipeline.layers,
    }),
    audit: createAudit({
      ...audit,
      readers: those([...adminKeys, ...settings.auditReaders], "AXONFLOW_AUDIT_READERS"),
      operators,
      clock,
    }),
    keys: createKeys({
      operators,
      store: storage.keys,
      ring: keyRing,
      configured: () => serving().licenseKeys,
      isOpen: () => !asksWho,
      catalogue,
      policies: () => serving().settings.policies,
      clock,
    }),
    authenticate: (authorization, certificate) =>
      serving().authenticate(authorization, certificate),
    gate,
    readiness: createReadiness(gate, audit.log),
    log,
    watch: watching.door,
    maxMessageBytes,
    callTimeoutMs,
    corsOrigins,
    helpLinks: helpUrl === undefined ? undefined : createHelpLinks(helpUrl),
  };
}
