import {
  createGatewayClient,
  type GatewayClient,
  isGatewayCallError,
} from "../../../client/sdk/node.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";
import { claude } from "./budget-stage.ts";

/** How a call of the load ended for its caller; errors by their reason. */
export type Outcome = "whole" | "left" | string;

/** A load of calls over several gateways. */
export interface Load {
  readonly outcomes: readonly Outcome[];
  count(outcome: Outcome): number;
}

export interface LoadOptions {
  /** Each gives a client of a gateway that runs; asked before each call. */
  readonly clients: readonly (() => GatewayClient)[];
  readonly calls: number;
  /** The longest answer that is asked for, in words. */
  readonly mostWords: number;
  readonly seed: number;
  /** How long a call may take, in milliseconds; what dies with its gateway is charged after that. */
  readonly timeoutMs: number;
}

/** Makes all calls at once: whole answers, streams, and some of either that their callers leave at any moment. */
export async function load(options: LoadOptions): Promise<Load> {
  const random = seededRandom(options.seed);
  const outcomes = await Promise.all(
    Array.from({ length: options.calls }, (_, index) => oneCall(options, index, random)),
  );
  const count = (outcome: Outcome) => outcomes.filter((each) => each === outcome).length;
  return { outcomes, count };
}

async function oneCall(
  { clients, mostWords, timeoutMs }: LoadOptions,
  index: number,
  random: () => number,
): Promise<Outcome> {
  const client = clients[index % clients.length]?.();
  if (!client) throw new Error("there is no gateway");
  const words = 1 + Math.floor(random() * mostWords);
  const request = {
    prompt: `Write ${words} words.`,
    model: claude,
    // Some want more than they get, some say nothing and get the default.
    ...(random() < 0.7 && { maxTokens: 1 + Math.floor(random() * 2 * mostWords) }),
    ...(random() < 0.3 && { leastMaxTokens: 1 }),
  };
  const leaving = new AbortController();
  const isLeft = random() < 0.25;
  const leavesAfter = Math.floor(random() * 40);
  try {
    const options = { timeoutMs, signal: leaving.signal };
    if (random() < 0.5) {
      const answer = client.complete(request, options);
      if (isLeft) setTimeout(() => leaving.abort(), leavesAfter);
      await answer;
      return "whole";
    }
    let pieces = 0;
    for await (const _ of client.stream(request, options)) {
      if (isLeft && ++pieces > leavesAfter) return "left";
    }
    return "whole";
  } catch (error) {
    if (leaving.signal.aborted) return "left";
    return isGatewayCallError(error) ? error.reason || String(error.code) : String(error);
  }
}

/** A client of a gateway's gRPC door. */
export function clientOf(grpcUrl: string, licenseKey: string): GatewayClient {
  return createGatewayClient({ url: grpcUrl, licenseKey });
}
