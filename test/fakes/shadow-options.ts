import type { DropReason, ShadowResult, ShadowSink } from "../../server/shadow/result.ts";
import type { ShadowOptions } from "../../server/shadow/shadow.ts";
import { sampleEndpoint } from "./calls.ts";
import { createManualClock } from "./manual-clock.ts";
import { scriptedHandler } from "./scripted-handler.ts";

/** Shadow mode of every call, OpenAI before Bedrock, with a shadow that nobody has told what to say. */
export function sampleShadowOptions(change: Partial<ShadowOptions> = {}): ShadowOptions {
  return {
    clock: createManualClock(),
    primaryProvider: "openai",
    shadowProvider: "bedrock",
    sampleRate: 1,
    selfShare: 0,
    maxConcurrent: 4,
    timeoutMs: 1000,
    routeTo: (_call, provider) => ({ endpoints: [sampleEndpoint({ provider })] }),
    ask: scriptedHandler().handle,
    sink: createResultBox(),
    onFault: (error) => {
      throw error;
    },
    ...change,
  };
}

/** A sink that keeps what it is given, and lets a test wait for it. */
export interface ResultBox extends ShadowSink {
  readonly results: readonly ShadowResult[];
  readonly drops: readonly DropReason[];
  /** Resolves when so many results and drops together are there. */
  until(count: number): Promise<void>;
}

export function createResultBox(): ResultBox {
  const results: ShadowResult[] = [];
  const drops: DropReason[] = [];
  const waiting = new Map<number, () => void>();
  const tell = () => waiting.get(results.length + drops.length)?.();
  return {
    results,
    drops,
    result(result) {
      results.push(result);
      tell();
    },
    dropped(reason) {
      drops.push(reason);
      tell();
    },
    until(count) {
      if (results.length + drops.length >= count) return Promise.resolve();
      return new Promise((resolve) => waiting.set(count, resolve));
    },
  };
}
