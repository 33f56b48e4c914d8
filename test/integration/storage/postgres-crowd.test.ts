import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type CrowdGateway, crowdAccounts, startCrowdGateway } from "./crowd.ts";
import { until } from "./ledger-words.ts";
import { ask, type PostgresServer, startPostgresServer } from "./postgres-server.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const rounds = isLong ? 20 : 2;
const size = 4;

interface Account {
  readonly name: string;
  readonly spent: bigint;
  readonly leased: bigint;
  readonly limit: bigint;
}

describe("gateway processes that are killed, on a PostgreSQL that is killed too", () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgresServer();
  });
  after(() => server?.close());

  const accountsIn = async (url: string): Promise<Account[]> => {
    const rows = await ask(
      url,
      "SELECT name, spent_nano_usd AS spent, leased_nano_usd AS leased, limit_nano_usd AS limit FROM axonflow.account",
    );
    return rows.map(({ name, spent, leased, limit }) => ({
      name: String(name),
      spent: BigInt(String(spent)),
      leased: BigInt(String(leased)),
      limit: BigInt(String(limit)),
    }));
  };

  /** Looks again and again; a limit must hold at every moment. */
  async function watch(url: string, durationMs: number): Promise<number> {
    const endMs = performance.now() + durationMs;
    let looks = 0;
    while (performance.now() < endMs) {
      const accounts = await accountsIn(url).catch(() => []);
      for (const { name, spent, leased, limit } of accounts) {
        assert.ok(spent + leased <= limit, `${name}: ${spent} + ${leased} > ${limit}`);
        assert.ok(spent >= 0n && leased >= 0n, `${name}: ${spent}, ${leased}`);
      }
      looks += accounts.length > 0 ? 1 : 0;
      await sleep(20);
    }
    return looks;
  }

  it("never spend beyond a limit, and what they spent adds up to the last nano-USD", async (t) => {
    const url = await server.createDatabase();
    const start = () => startCrowdGateway(url);
    const alive = await Promise.all(Array.from({ length: size }, start));
    const dead: CrowdGateway[] = [];
    t.after(async () => {
      await Promise.all(alive.map((gateway) => gateway.kill().catch(() => {})));
    });
    let looks = 0;
    for (let round = 0; round < rounds; round++) {
      looks += await watch(url, 600);
      const victim = alive.shift();
      await victim?.kill();
      if (victim) dead.push(victim);
      alive.push(await start());
      if (round % 2 === 1) {
        await server.stop("kill");
        await sleep(300);
        await server.start();
      }
    }
    looks += await watch(url, 1000);
    const all = [...dead, ...alive];
    // One stays to take note of the dead.
    const [last, ...others] = alive;
    await Promise.all(others.map((gateway) => gateway.stop()));
    await until("the leases of the dead are charged", async () => {
      const [row] = await ask(url, "SELECT count(*) FROM axonflow.session WHERE lost_at IS NULL");
      return Number(row?.count) === 1;
    });
    await last?.stop();
    alive.length = 0;

    const accounts = await accountsIn(url);
    const [records] = await ask(
      url,
      `SELECT sum(cost_nano_usd) FILTER (WHERE kind = 'call') AS calls,
         sum(cost_nano_usd) FILTER (WHERE kind = 'lost' AND tags ->> 'account' = 'all') AS lost FROM axonflow.usage`,
    );
    const calls = BigInt(String(records?.calls));
    const lost = BigInt(String(records?.lost ?? 0));
    const trueSpending = all.reduce((sum, { spending: { ended, open } }) => {
      return sum + sumOf(ended) + sumOf(open);
    }, 0n);
    const counted = accounts.find(({ name }) => name === "all")?.spent ?? 0n;
    t.diagnostic(
      `${looks} looks; ${calls} nano-USD in records, ${lost} lost, at most ${trueSpending} truly spent`,
    );
    assert.ok(looks > 0);
    assert.equal(counted, calls + lost, "the records add up to the account");
    assert.ok(trueSpending <= counted, "nothing that was spent is missing");
    for (const { name, spent, leased, limit } of accounts) {
      assert.equal(leased, 0n, `${name}: everything was given back`);
      assert.ok(spent <= limit, `${name}: ${spent} of ${limit}`);
    }
    assert.equal(accounts.length, crowdAccounts.length);
    const kept = new Map(
      (await ask(url, "SELECT id, cost_nano_usd FROM axonflow.usage WHERE kind = 'call'")).map(
        ({ id, cost_nano_usd }) => [id, BigInt(String(cost_nano_usd))],
      ),
    );
    for (const { spending } of all.filter((gateway) => !dead.includes(gateway))) {
      for (const [id, cost] of spending.ended) assert.equal(kept.get(id), cost, id);
    }
  });
});

const sumOf = (amounts: ReadonlyMap<string, bigint>) =>
  [...amounts.values()].reduce((sum, amount) => sum + amount, 0n);
