import type { Endpoint } from "../../core/call.ts";
import type { JsonSchemaControl } from "../../core/model-traits.ts";

/** How one model wants to be asked, where Chat Completions has several ways. */
export interface Dialect {
  /** `max_completion_tokens` counts reasoning too; reasoning models refuse `max_tokens`, other servers know only that. */
  readonly tokenLimit: "max_tokens" | "max_completion_tokens";
  readonly systemRole: "system" | "developer";
  readonly userField: "user" | "safety_identifier";
  /** OpenAI keeps conversations of newer accounts unless it is told not to; other servers may not know the word for it. */
  readonly storesUnasked: boolean;
  /** How the model is made to answer in JSON of a schema, if its traits do not say. */
  readonly jsonSchema: JsonSchemaControl;
  /** From GPT-5.4 on, Chat Completions takes tools only from calls that do not reason (openai-openapi issue 541). */
  readonly toolsExcludeReasoning: boolean;
  /** From GPT-5.6 on, what may be cached is marked (OpenAI: Prompt caching); older models find it out themselves. */
  readonly marksCachePoints: boolean;
}

/** Reads a model's name. A name that is not OpenAI's belongs to another server and gets the oldest, widest known form. */
export function dialectOf({ model, traits }: Pick<Endpoint, "model" | "traits">): Dialect {
  const name = model.replace(/^ft:/, "");
  const generation = generationOf(name);
  const isOSeries = /^o\d/.test(name);
  const isNew = isOSeries || generation > 4;
  const isReasoning = isOSeries || traits.reasoning !== undefined;
  return {
    tokenLimit: isNew || isReasoning ? "max_completion_tokens" : "max_tokens",
    systemRole: isReasoning ? "developer" : "system",
    userField: isNew ? "safety_identifier" : "user",
    storesUnasked: isNew || generation > 0,
    // JSON of a schema came with GPT-4o (OpenAI: Structured outputs, supported models).
    jsonSchema: generation > 0 && !isNew ? "tool" : "format",
    toolsExcludeReasoning: generation >= 5.4,
    marksCachePoints: generation >= 5.6,
  };
}

/** `gpt-4-turbo` is 4, `gpt-4o` a little more, `gpt-5.4-mini` 5.4; 0 for names of another form. */
function generationOf(name: string): number {
  const found = /^(?:chat)?gpt-(?<number>\d+(?:\.\d)?)(?<isOmni>o?)/.exec(name)?.groups;
  return found ? Number(found.number) + (found.isOmni ? 0.01 : 0) : 0;
}
