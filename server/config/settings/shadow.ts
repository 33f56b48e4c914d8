import { flag, type SettingsTable } from "../setting.ts";

/** Shadow mode: another provider answers a share of the calls too, unseen, and the answers are compared. */
export interface ShadowSettings {
  readonly shadowMode: boolean | undefined;
}

/** How each is named and read. */
export const shadowSettingsTable: SettingsTable<ShadowSettings> = {
  shadowMode: {
    env: "LLM_SHADOW_MODE",
    yaml: "ShadowMode",
    summary: "true or false: whether a share of the calls is also sent to the shadow provider.",
    fallback: "false",
    read: flag,
  },
};
