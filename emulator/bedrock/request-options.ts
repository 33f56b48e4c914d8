import type { ReplyHead } from "../exchange.ts";
import { isJsonObject } from "../json.ts";
import type { Prompt, PromptGuardrail } from "../prompt.ts";
import { invalid } from "./validation.ts";

/** What may be asked of any model, beside the prompt. */
export interface RequestOptions {
  readonly guardrail?: PromptGuardrail;
  readonly serviceTier?: string;
  readonly latency?: string;
}

const serviceTiers = ["priority", "default", "flex", "reserved"];
const latencies = ["standard", "optimized"];
const traces = ["ENABLED", "DISABLED", "ENABLED_FULL", "enabled", "disabled", "enabled_full"];

/** The raw values, wherever they stood in the request. */
export interface RawOptions {
  readonly guardrailIdentifier?: unknown;
  readonly guardrailVersion?: unknown;
  readonly trace?: unknown;
  readonly serviceTier?: unknown;
  readonly latency?: unknown;
}

/** Checks options against AWS's enums. */
export function readOptions(raw: RawOptions): RequestOptions {
  const serviceTier = readEnum("serviceTier", raw.serviceTier, serviceTiers);
  const latency = readEnum("performanceConfigLatency", raw.latency, latencies);
  const trace = readEnum("trace", raw.trace, traces);
  const guardrail = readGuardrail(raw, trace);
  return {
    ...(guardrail && { guardrail }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(latency !== undefined && { latency }),
  };
}

/** Options of InvokeModel, which come in headers. */
export function readOptionHeaders(headers: Readonly<Record<string, string>>): RequestOptions {
  const at = (name: string) => headers[`x-amzn-bedrock-${name}`];
  return readOptions({
    guardrailIdentifier: at("guardrailidentifier"),
    guardrailVersion: at("guardrailversion"),
    trace: at("trace"),
    serviceTier: at("service-tier"),
    latency: at("performanceconfig-latency"),
  });
}

/** Service tier and latency as InvokeModel gives them back. */
export function optionHeaders({ serviceTier, latency }: RequestOptions): ReplyHead["headers"] {
  return {
    ...(serviceTier !== undefined && { "X-Amzn-Bedrock-Service-Tier": serviceTier }),
    ...(latency !== undefined && { "X-Amzn-Bedrock-PerformanceConfig-Latency": latency }),
  };
}

/** A prompt that knows its options, so that it can be blocked and can tell what arrived. */
export function withOptions(prompt: Prompt, options: RequestOptions): Prompt {
  const { guardrail, serviceTier, latency } = options;
  if (!guardrail && serviceTier === undefined && latency === undefined) return prompt;
  return {
    ...prompt,
    guardrail,
    facts: {
      ...prompt.facts,
      ...(serviceTier !== undefined && { service_tier: serviceTier }),
      ...(latency !== undefined && { latency }),
    },
  };
}

/** What a traced guardrail tells about itself. */
export function guardrailTrace({ id }: PromptGuardrail, wasBlocked: boolean) {
  const filters = [{ action: "BLOCKED", match: "guardrail-block" }];
  const policy = wasBlocked ? { wordPolicy: { customWords: filters } } : {};
  return { guardrail: { inputAssessment: { [id]: policy } } };
}

function readEnum(member: string, value: unknown, allowed: readonly string[]): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && allowed.includes(value)) return value;
  throw invalid(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(", ")}]`,
  );
}

function readGuardrail(
  { guardrailIdentifier: id, guardrailVersion: version }: RawOptions,
  trace: string | undefined,
): PromptGuardrail | undefined {
  if (id === undefined && version === undefined) return undefined;
  if (typeof id !== "string" || id === "") {
    throw invalid("The guardrail identifier is required with a guardrail version.");
  }
  if (typeof version !== "string" || !/^(?:DRAFT|[1-9]\d{0,7})$/.test(version)) {
    throw invalid(
      `1 validation error detected: Value '${String(version)}' at 'guardrailVersion' failed to satisfy constraint: Member must satisfy regular expression pattern: (([1-9][0-9]{0,7})|(DRAFT))`,
    );
  }
  const isTraced = trace?.toLowerCase().startsWith("enabled") ?? false;
  return { id, version, isTraced };
}

/** Reads a member of an object that may be missing. */
export function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}
