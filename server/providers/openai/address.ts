/** Where requests to OpenAI, or to a server of the same form, go. */
export interface OpenAiAddress {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The path of Chat Completions, with the query that the base URL may have. */
  readonly path: string;
}

/** OpenAI's hosts whose data stays in one place (OpenAI: Your data, data residency). */
const residency = /^([a-z]{2})\.api\.openai\.com$/;

/** Takes a base URL such as `https://api.openai.com/v1` apart. */
export function openAiAddress(baseUrl: string): OpenAiAddress {
  const { origin, pathname, search } = new URL(baseUrl);
  return { origin, path: `${pathname.replace(/\/+$/, "")}/chat/completions${search}` };
}

/**
 * What the contract calls `region`: `eu`, `us`, … where the host is one of OpenAI's for data residency, else OpenAI's own
 * word for no such promise, `global`. A call that allows certain regions is thus never served by one that is not named.
 */
export function openAiRegion(baseUrl: string): string {
  return residency.exec(new URL(baseUrl).hostname)?.[1] ?? "global";
}
