import { createCallers } from "./callers.ts";
import { readStream } from "./door-caller.ts";
import { createGrpcJsCaller } from "./grpc-js-caller.ts";

/** A way to ask for so many words, and to get their text. */
export interface Lane {
  readonly name: string;
  readonly words: number;
  ask(prompt: string): Promise<string>;
}

/** What a load of calls has come to. */
export interface LoadResult {
  /** Calls that ended, by the lane. */
  readonly calls: Readonly<Record<string, number>>;
  /** Of those that failed: the lane and what was said. */
  readonly failures: readonly string[];
}

const overHttp1 = new Set(["Connect", "gRPC-Web", "REST"]);

/** Whole answers and streams by every protocol, short ones and, where `longWords` says so, ones that last. */
export function openLanes(options: {
  readonly httpUrl: string;
  readonly grpcUrl: string;
  readonly licenseKey: string;
  readonly words: number;
  readonly longWords: number;
}): { readonly lanes: readonly Lane[]; close(): void } {
  const { httpUrl, grpcUrl, licenseKey, words, longWords } = options;
  const native = [grpcUrl, grpcUrl, httpUrl].map((url) => createGrpcJsCaller(url, licenseKey));
  const lanes: Lane[] = native.flatMap(({ complete, stream }, at) => [
    { name: `gRPC ${at}, whole`, words, ask: complete },
    { name: `gRPC ${at}, stream`, words, ask: stream },
    { name: `gRPC ${at}, long stream`, words: longWords, ask: stream },
  ]);
  for (const caller of createCallers(options).filter(({ name }) => overHttp1.has(name))) {
    const stream = async (prompt: string) => (await readStream(caller.stream({ prompt }))).text;
    const complete = async (prompt: string) => (await caller.complete({ prompt })).text;
    lanes.push(
      { name: `${caller.name}, whole`, words, ask: complete },
      { name: `${caller.name}, stream`, words, ask: stream },
      { name: `${caller.name}, long stream`, words: longWords, ask: stream },
    );
  }
  return {
    lanes,
    close() {
      for (const caller of native) caller.close();
    },
  };
}

/** One call after the other in each lane, until it is over. Nothing is asked again. */
export async function loadLanes(
  lanes: readonly Lane[],
  isOver: () => boolean,
): Promise<LoadResult> {
  const calls: Record<string, number> = {};
  const failures: string[] = [];
  const run = async ({ name, words, ask }: Lane) => {
    while (!isOver()) {
      try {
        const text = await ask(`Write ${words} words.`);
        const got = text.trim().split(/\s+/).length;
        if (got !== words) failures.push(`${name}: ${got} words of ${words}`);
      } catch (error) {
        failures.push(`${name}: ${error} ${(error as Error).cause ?? ""}`);
      }
      calls[name] = (calls[name] ?? 0) + 1;
    }
  };
  await Promise.all(lanes.map(run));
  return { calls, failures };
}
