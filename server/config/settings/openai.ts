import { headerText, httpUrl, type SettingsTable, text } from "../setting.ts";

/** OpenAI, or another server that speaks its API. */
export interface OpenAiSettings {
  /** Undefined: OpenAI is off. */
  readonly openaiApiKey: string | undefined;
  readonly openaiBaseUrl: string;
  readonly openaiModel: string;
  readonly openaiOrganization: string | undefined;
  readonly openaiProject: string | undefined;
}

/** How each is named and read. */
export const openAiSettingsTable: SettingsTable<OpenAiSettings> = {
  openaiApiKey: {
    env: "OPENAI_API_KEY",
    yaml: "OPENAI_API_KEY",
    summary: "OpenAI's API key. Empty means that OpenAI is off.",
    isSecret: true,
    read: headerText,
  },
  openaiBaseUrl: {
    env: "OPENAI_BASE_URL",
    yaml: "OpenAIBaseURL",
    summary: "Where OpenAI's API, or one of the same form, is.",
    fallback: "https://api.openai.com/v1",
    read: httpUrl,
  },
  openaiModel: {
    env: "LLM_OPENAI_MODEL",
    yaml: "OpenAIModel",
    summary: "What a request to OpenAI without a model means.",
    fallback: "gpt-6-sol",
    isReloadable: true,
    read: text,
  },
  openaiOrganization: {
    env: "OPENAI_ORG_ID",
    yaml: "OpenAIOrganization",
    summary: "The OpenAI organization that is billed.",
    read: headerText,
  },
  openaiProject: {
    env: "OPENAI_PROJECT_ID",
    yaml: "OpenAIProject",
    summary: "The OpenAI project that is billed.",
    read: headerText,
  },
};
