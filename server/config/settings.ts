import type { ModelOverrides } from "../core/model-override.ts";
import type { ModelRoutes } from "../core/model-route.ts";
import type { Policies } from "../core/policy.ts";
import type { ConfiguredGrants } from "./policies/key-grants.ts";
import type { SettingsTable } from "./setting.ts";
import { type AuditSettings, auditSettingsTable } from "./settings/audit.ts";
import { type BedrockSettings, bedrockSettingsTable } from "./settings/bedrock.ts";
import { type HelpSettings, helpSettingsTable } from "./settings/help.ts";
import { type IdempotencySettings, idempotencySettingsTable } from "./settings/idempotency.ts";
import { type ListeningSettings, listeningSettingsTable } from "./settings/listening.ts";
import { type OpenAiSettings, openAiSettingsTable } from "./settings/openai.ts";
import { type ResilienceSettings, resilienceSettingsTable } from "./settings/resilience.ts";
import { type RoutingSettings, routingSettingsTable } from "./settings/routing.ts";
import { type ShadowSettings, shadowSettingsTable } from "./settings/shadow.ts";
import { type StorageSettings, storageSettingsTable } from "./settings/storage.ts";
import { type TransportSettings, transportSettingsTable } from "./settings/transport.ts";

/** The gateway's configuration, checked and complete. */
export interface Settings
  extends ListeningSettings,
    TransportSettings,
    HelpSettings,
    ResilienceSettings,
    IdempotencySettings,
    BedrockSettings,
    OpenAiSettings,
    RoutingSettings,
    ShadowSettings,
    StorageSettings,
    AuditSettings {}

/** All of the configuration: the settings, and what only a file can say. */
export interface Configuration extends Settings {
  readonly modelOverrides: ModelOverrides;
  readonly modelRoutes: ModelRoutes;
  readonly policies: Policies;
  /** What the configuration says of single licence keys, by their names. */
  readonly keyGrants: ReadonlyMap<string, ConfiguredGrants>;
}

/** Every setting there is. The help of `axonflow serve` is made from this table. */
export const settingsTable: SettingsTable<Settings> = {
  ...listeningSettingsTable,
  ...transportSettingsTable,
  ...helpSettingsTable,
  ...resilienceSettingsTable,
  ...idempotencySettingsTable,
  ...bedrockSettingsTable,
  ...openAiSettingsTable,
  ...routingSettingsTable,
  ...shadowSettingsTable,
  ...storageSettingsTable,
  ...auditSettingsTable,
};
