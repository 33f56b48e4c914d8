import { httpUrl, type SettingsTable } from "../setting.ts";

/** What errors tell about themselves. */
export interface HelpSettings {
  /** The page that errors link to, one heading for each reason; undefined: errors have no links. */
  readonly helpUrl: string | undefined;
}

/** How each is named and read. */
export const helpSettingsTable: SettingsTable<HelpSettings> = {
  helpUrl: {
    env: "AXONFLOW_HELP_URL",
    yaml: "HelpUrl",
    summary:
      "The page that errors link to; the reason follows as #rate_limited, or stands where {reason} does. none: no links.",
    fallback: "https://docs.getaxonflow.com/troubleshooting",
    read: (text) => (text === "none" ? undefined : httpUrl(text)),
  },
};
