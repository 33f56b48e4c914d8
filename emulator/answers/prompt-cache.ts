import { createHash, type Hash } from "node:crypto";
import { countMessageTokens } from "../count-tokens.ts";
import type { CacheTtl, Prompt, PromptPart } from "../prompt.ts";
import { countParts, fixedTokens } from "./count-prompt.ts";

/** How many tokens of a prompt the cache held, and how many it took in. */
export interface CacheUse {
  readonly readTokens: number;
  readonly writeTokens: number;
  /** The part of `writeTokens` that is kept for an hour. */
  readonly writeHourTokens: number;
}

/** The memory of prompts' beginnings, per model. */
export interface PromptCache {
  /** Looks a prompt's cache points up, longest first, and remembers them all. */
  use(modelId: string, prompt: Prompt): CacheUse;
  clear(): void;
}

/** A beginning of a prompt that ends at a cache point. */
interface Prefix {
  readonly key: string;
  readonly tokens: number;
  readonly ttl: CacheTtl;
}

const keptPrefixes = 1_000;
const lifetimesMs: Readonly<Record<CacheTtl, number>> = { "5m": 300_000, "1h": 3_600_000 };
/** What a prompt without cache points makes of the cache. */
export const unusedCache: CacheUse = { readTokens: 0, writeTokens: 0, writeHourTokens: 0 };

/** Creates an empty cache; the clock is in milliseconds since the epoch. */
export function createPromptCache(now: () => number): PromptCache {
  const expiries = new Map<string, number>();
  const isKept = ({ key }: Prefix) => (expiries.get(key) ?? 0) > now();
  const keep = ({ key, ttl }: Prefix) => {
    expiries.delete(key);
    expiries.set(key, now() + lifetimesMs[ttl]);
    for (const oldest of expiries.keys()) {
      if (expiries.size <= keptPrefixes) break;
      expiries.delete(oldest);
    }
  };
  return {
    use(modelId, prompt) {
      if (!hasCachePoint(prompt)) return unusedCache;
      const prefixes = prefixesOf(modelId, prompt);
      const hit = prefixes.findLastIndex(isKept);
      for (const prefix of prefixes) keep(prefix);
      return compareTokens(prefixes, hit);
    },
    clear: () => expiries.clear(),
  };
}

function compareTokens(prefixes: readonly Prefix[], hit: number): CacheUse {
  const readTokens = prefixes[hit]?.tokens ?? 0;
  let reached = readTokens;
  let writeHourTokens = 0;
  for (const { tokens, ttl } of prefixes.slice(hit + 1)) {
    if (ttl === "1h") writeHourTokens += tokens - reached;
    reached = tokens;
  }
  return { readTokens, writeTokens: reached - readTokens, writeHourTokens };
}

function hasCachePoint({ tools = [], system, messages }: Prompt): boolean {
  const isPoint = ({ kind }: PromptPart) => kind === "cache-point";
  return (
    tools.some(({ cacheTtl }) => cacheTtl !== undefined) ||
    system.some(isPoint) ||
    messages.some(({ parts }) => parts.some(isPoint))
  );
}

/** A prompt is cached in the order tools, system, messages. */
function prefixesOf(modelId: string, { tools = [], system, messages }: Prompt): Prefix[] {
  const prefixes: Prefix[] = [];
  const hash = createHash("sha256").update(modelId);
  let tokens = 0;
  const point = (ttl: CacheTtl) => prefixes.push({ key: keyOf(hash), tokens, ttl });
  for (const tool of tools) {
    hash.update(JSON.stringify(tool));
    tokens += fixedTokens.tool;
    if (tool.cacheTtl) point(tool.cacheTtl);
  }
  const walk = (parts: readonly PromptPart[]) => {
    let pending: PromptPart[] = [];
    for (const part of parts) {
      if (part.kind === "cache-point") {
        tokens += countParts(pending);
        pending = [];
        point(part.ttl);
      } else {
        hash.update(JSON.stringify(part));
        pending.push(part);
      }
    }
    tokens += countParts(pending);
  };
  walk(system);
  for (const { role, parts } of messages) {
    hash.update(role);
    tokens += countMessageTokens("");
    walk(parts);
  }
  return prefixes;
}

function keyOf(hash: Hash): string {
  return hash.copy().digest("base64");
}
