import {
  type RateAnswer,
  type RateAsk,
  type SharedRates,
  windowSeconds,
} from "../../server/core/shared-rates.ts";

/** The counts of many gateways in one memory, exactly as the database's function keeps them. */
export interface MemoryRates {
  /** A gateway's way to it. */
  gateway(): SharedRates;
  /** Forgets everything, as UNLOGGED tables do when the database crashes. */
  forget(): void;
}

export interface MemoryRatesOptions {
  readonly atMs: () => number;
  /** Resolves when an exchange may begin, or end; rejects where it gets lost there. Default: at once. */
  readonly travel?: ((leg: "there" | "back") => Promise<void>) | undefined;
}

const gatewayTtlMs = 6000;

/** Begins with nothing. */
export function createMemoryRates({ atMs, travel }: MemoryRatesOptions): MemoryRates {
  const windows = new Map<string, { newest: number; amounts: Map<number, number> }>();
  const streams = new Map<string, Map<number, number>>();
  const expires = new Map<number, number>();
  let gateways = 0;

  const fit = ({ needs, idle }: RateAsk, room: number) => {
    const needed = needs.at(-1) ?? 0;
    const granted = needs.findLast((need) => need <= room) ?? 0;
    const isShort = granted < needed;
    const spare = isShort ? 0 : Math.max(Math.min(idle, Math.trunc((room - granted) / 16)), 0);
    return { granted: granted + spare, room: room - granted - spare, isShort };
  };
  const answerWindow = (ask: RateAsk & { kind: "window" }, nowMs: number): RateAnswer => {
    const known = windows.get(ask.name);
    const second = Math.max(Math.floor(nowMs / 1000), (known?.newest ?? 0) - 1);
    const amounts = new Map([...(known?.amounts ?? [])].filter(([at]) => at >= second - 60));
    for (const { second: at, amount } of ask.back) {
      const counted = amounts.get(at);
      if (counted !== undefined) amounts.set(at, Math.max(counted - amount, 0));
    }
    const slot = second + 1;
    const add = (amount: number) => amounts.set(slot, (amounts.get(slot) ?? 0) + amount);
    if (ask.debt > 0) add(ask.debt);
    const used = [...amounts.values()].reduce((sum, each) => sum + each, 0);
    const fitting = fit(ask, ask.limit - used);
    if (fitting.granted > 0) add(fitting.granted);
    const hasBack = ask.back.some(({ second: at }) => at >= second - 60 && at <= slot);
    const hasChanged = hasBack || fitting.granted > 0 || ask.debt > 0;
    if (hasChanged || !known) windows.set(ask.name, { newest: slot, amounts });
    if (!fitting.isShort) return { ...fitting, second: slot };
    const oldestSecond = second - 60;
    const window = {
      nowMs: Math.max(nowMs, second * 1000),
      oldestSecond,
      amounts: Array.from(
        { length: windowSeconds },
        (_, at) => amounts.get(oldestSecond + at) ?? 0,
      ),
    };
    return { ...fitting, second: slot, window };
  };
  const answerStreams = (me: number, ask: RateAsk & { kind: "streams" }, nowMs: number) => {
    const held = streams.get(ask.name) ?? new Map<number, number>();
    streams.set(ask.name, held);
    let others = 0;
    for (const [gateway, count] of held) {
      if (gateway !== me && (expires.get(gateway) ?? 0) > nowMs) others += count;
    }
    const fitting = fit(ask, ask.limit - others - ask.keep);
    held.set(me, ask.keep + fitting.granted);
    return {
      ...fitting,
      granted: ask.keep + fitting.granted,
      second: 0,
    };
  };

  return {
    gateway() {
      gateways += 1;
      const me = gateways;
      return {
        async exchange(asks) {
          await travel?.("there");
          const nowMs = atMs();
          const isNew = !expires.has(me);
          const isFresh = (expires.get(me) ?? 0) >= nowMs + gatewayTtlMs - 1000;
          if (!isFresh) expires.set(me, nowMs + gatewayTtlMs);
          const answers = asks.map((ask) =>
            ask.kind === "window" ? answerWindow(ask, nowMs) : answerStreams(me, ask, nowMs),
          );
          const alive = [...expires.values()].filter((untilMs) => untilMs > nowMs).length;
          await travel?.("back");
          return { isNew, gateways: alive, answers };
        },
        async leave() {
          for (const held of streams.values()) held.delete(me);
          expires.delete(me);
        },
      };
    },
    forget() {
      windows.clear();
      streams.clear();
      expires.clear();
    },
  };
}
