import type { Configuration } from "../config/settings.ts";
import type { Attempt, Principal, RoutedCall } from "../core/call.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { Clock } from "../core/clock.ts";
import type { Handler, Layer, Pipeline } from "../core/layer.ts";
import type { LicenseKey } from "../core/license-keys.ts";
import type { ListedModel } from "../core/listed-model.ts";
import type { Log } from "../core/log.ts";
import type { Storage } from "../core/storage.ts";
import type { Traffic } from "../core/traffic.ts";
import { type Authenticate, authenticateBy, authenticateNobody } from "../edge/authenticate.ts";
import type { KeyRing } from "../edge/keys/key-ring.ts";
import { buildPipeline } from "../pipeline.ts";
import { answerSchema } from "../policies/answer-schema/answer-schema.ts";
import type { SchemaChecker } from "../policies/answer-schema/schema-checker.ts";
import { deadline } from "../resilience/deadline.ts";
import { idempotency } from "../resilience/idempotency.ts";
import type { IdempotencyStore } from "../resilience/idempotency-store.ts";
import { router } from "../routing/router.ts";
import type { Routes } from "../routing/routes.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { type AuditDesk, createAuditLayers } from "./audit.ts";
import type { BudgetMemory } from "./budget-memory.ts";
import { createBudgets } from "./budgets.ts";
import { guideModel } from "./guide-model.ts";
import { createPersonalData } from "./personal-data.ts";
import { createPolicyLayers, type PolicyMemory } from "./policies.ts";
import { inPlace, type PlacedProvider } from "./providers.ts";
import { createResilience, type Memory } from "./resilience.ts";
import { createRouting } from "./routing.ts";
import type { Watching } from "./telemetry.ts";

/** A configuration as it was read: the settings, and the licence keys that they lead to. */
export interface LoadedConfiguration {
  readonly settings: Configuration;
  readonly licenseKeys: readonly LicenseKey[];
}

/** What lives as long as the process, whatever is reloaded. */
export interface Kept {
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly storage: Storage;
  readonly audit: AuditDesk;
  readonly keyRing: KeyRing;
  readonly providers: readonly PlacedProvider[];
  readonly traffic: Traffic;
  readonly memory: Memory;
  readonly policyMemory: PolicyMemory;
  readonly budgetMemory: BudgetMemory;
  readonly watching: Watching;
  readonly schemaChecker: SchemaChecker;
  readonly repeatable: IdempotencyStore;
  readonly shadow: Layer<RoutedCall>;
  /** What AWS lists in each region, as far as it has been read. */
  readonly listed: ReadonlyMap<string, readonly ListedModel[]>;
}

/** Everything that one configuration makes: what a reload puts in the place of the one before, all at once. */
export interface Serving extends LoadedConfiguration {
  readonly catalogue: Catalogue;
  readonly routes: Routes;
  readonly pipeline: Pipeline;
  /** A single attempt for a copy of shadow mode, without what the callers' own attempts share. */
  readonly askCopy: Handler<Attempt>;
  readonly authenticate: Authenticate;
  /** What the operator should know, one sentence each. */
  readonly warnings: readonly string[];
}

/** Makes it, and changes nothing of what is kept. Throws a ConfigurationError when it cannot be served. */
export function createServing(loaded: LoadedConfiguration, kept: Kept): Serving {
  const { settings, licenseKeys } = loaded;
  const { clock, log, telemetry, providers, watching, memory } = kept;
  const defaultModels = defaultModelsOf(settings, providers);
  const places = providers.map(({ place }) => place);
  const { catalogue, routes, warnings } = createRouting({
    settings,
    places,
    defaultModels,
    licenseKeys,
    clock,
    traffic: kept.traffic,
    records: memory.records,
  });
  for (const [region, models] of kept.listed) catalogue.takeListing(region, models);
  const certified = certifiedPrincipals(settings);
  const policies = createPolicyLayers({
    settings,
    policies: settings.policies,
    defaultModels,
    catalogue,
    clock,
    telemetry,
    memory: kept.policyMemory,
  });
  const { policiesFor } = policies;
  const budgets = createBudgets({
    settings,
    ...kept.storage,
    memory: kept.budgetMemory,
    policiesFor,
    routes,
    clock,
  });
  const resilience = createResilience(settings, clock, memory);
  const { hop, attemptTimeout } = resilience.layers;
  const atProviders = inPlace(providers);
  const { audit, auditCopy } = createAuditLayers(settings, kept.audit, clock);
  const { repeatable: store, schemaChecker: checker } = kept;
  const { shared } = kept.storage;
  const pipeline = buildPipeline(
    {
      trace: watching.trace,
      deadline: deadline({ clock }),
      ...policies.layers,
      ...createPersonalData({
        settings,
        policies: settings.policies,
        policiesFor,
        clock,
        log,
        telemetry,
        sharedSecret: shared?.secret,
      }),
      audit,
      idempotency: idempotency({
        clock,
        store,
        runLimitMs: settings.callTimeoutMs,
        sharing: shared && { answers: shared.answers, ttlMs: settings.idempotencyTtlMs },
      }),
      answerSchema: answerSchema({ checker }),
      router: router({ routes }),
      ...budgets.layers,
      shadow: kept.shadow,
      ...resilience.layers,
      attemptSpan: watching.attemptSpan,
    },
    atProviders,
  );
  const inBudget = budgets.layers.attemptBudget.wrap(attemptTimeout.wrap(atProviders));
  const spanned = watching.attemptSpan.wrap(hop.wrap(inBudget));
  const askCopy = auditCopy.wrap(budgets.copyBudget.wrap(spanned));
  return {
    ...loaded,
    catalogue,
    routes,
    pipeline,
    askCopy,
    authenticate:
      licenseKeys.length > 0 || certified.size > 0
        ? authenticateBy({ configured: licenseKeys, ring: kept.keyRing, clock, certified })
        : authenticateNobody,
    warnings: [...warnings, ...policies.warnings],
  };
}

/** Who is let in by a client certificate, by an identity of it. A name has the same grants as its licence key has. */
function certifiedPrincipals({
  clientCertificates,
  keyGrants,
}: Configuration): ReadonlyMap<string, Principal> {
  return new Map(
    [...clientCertificates].map(([identity, name]) => {
      const grants = keyGrants.get(name);
      return [identity, { name, ...(grants && { tenant: grants.tenant, grants }) }];
    }),
  );
}

/** What an empty `model` means, by provider. */
function defaultModelsOf(
  { bedrockModel = guideModel, openaiModel }: Configuration,
  providers: readonly PlacedProvider[],
): ReadonlyMap<string, string> {
  return new Map(
    providers.map(({ place: { provider } }) => [
      provider,
      provider === "openai" ? openaiModel : bedrockModel,
    ]),
  );
}
