import { Client } from "pg";
import type { Clock } from "../../core/clock.ts";
import { connectionTo } from "./database.ts";

export interface ListenerOptions {
  readonly url: string;
  readonly clock: Clock;
  /** What is done with the messages of each channel. Names are ours, never an input. */
  readonly channels: Readonly<Record<string, (text: string) => void>>;
}

/** A connection of its own that hears what other gateways announce. What it misses while it is away, polling finds. */
export interface Listener {
  close(): Promise<void>;
}

const longestPauseMs = 2000;

/** Connects by itself, again and again where it has to. */
export function createListener({ url, clock, channels }: ListenerOptions): Listener {
  let isClosed = false;
  let client: Client | undefined;
  let failures = 0;
  let cancelPause = () => {};

  const again = () => {
    if (isClosed) return;
    failures += 1;
    cancelPause = clock.after(Math.min(longestPauseMs, 100 * 2 ** failures), () => void connect());
  };

  const connect = async () => {
    const fresh = new Client({
      ...connectionTo(url),
      application_name: "axonflow-gateway-listener",
    });
    client = fresh;
    let hasEnded = false;
    const end = () => {
      if (hasEnded) return;
      hasEnded = true;
      fresh.end().catch(() => {});
      again();
    };
    fresh.on("error", end);
    fresh.on("end", end);
    fresh.on("notification", ({ channel, payload }) => channels[channel]?.(payload ?? ""));
    try {
      await fresh.connect();
      for (const channel of Object.keys(channels)) await fresh.query(`LISTEN ${channel}`);
      failures = 0;
    } catch {
      end();
    }
  };

  void connect();
  return {
    async close() {
      isClosed = true;
      cancelPause();
      await client?.end().catch(() => {});
    },
  };
}
