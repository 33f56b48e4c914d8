import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createGatewayClient, type GatewayClient } from "../../../client/sdk/node.ts";
import { runAxonflow } from "../client/command.ts";
import { claude, costOf } from "./budget-stage.ts";
import { createCallers } from "./callers.ts";
import { CallError, readStream } from "./door-caller.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

const haiku = "anthropic.claude-3-haiku-20240307-v1:0";
const opus = "anthropic.claude-3-opus-20240229-v1:0";

/** The setup guide's own example, and budgets that each of these tests has for itself. */
const yaml = `
policies:
  - name: daily-budget-limit
    type: budget
    limits:
      daily_cost_usd: 100
    action: deny
  - name: spent
    type: budget
    applies_to: {keys: [poor]}
    limits: {daily_cost_usd: 0.000001}
  - name: moved
    type: budget
    applies_to: {keys: [moved], models: ["${claude}"]}
    limits: {daily_cost_usd: 0.000001}
    action: {downgrade: "${haiku}"}
  - name: fresh
    type: budget
    applies_to: {keys: [fresh]}
    scope: key
    limits: {monthly_cost_usd: 25}
  - name: small
    type: budget
    applies_to: {keys: [small]}
    scope: key
    limits: {daily_cost_usd: 0.01}
`;

const names = ["ops", "poor", "moved", "fresh", "small", "plain", "streams"] as const;
const keyOf = (name: string) => `made-up-key-of-${name}`;

describe("budgets behind the doors", () => {
  let gateway: TestGateway;
  const clients = new Map<string, GatewayClient>();
  const as = (name: (typeof names)[number]) => clients.get(name) ?? assert.fail(name);
  before(async () => {
    const env = {
      AXONFLOW_LICENSE_KEYS: names.map((name) => `${name}=${keyOf(name)}`).join(","),
      AXONFLOW_ADMIN_KEYS: "ops",
    };
    gateway = await startTestGateway(env, undefined, yaml);
    for (const name of names) {
      const licenseKey = keyOf(name);
      clients.set(name, createGatewayClient({ url: gateway.grpcUrl, licenseKey }));
    }
  });
  after(async () => {
    for (const client of clients.values()) client.close();
    await gateway.close();
  });

  it("count what answers cost, as the answers say it", async () => {
    const prompt = "Write 20 words.";
    const { cost } = await as("plain").complete({ prompt, model: claude });
    assert.equal(cost?.nanoUsd, costOf(prompt, 20));
    const { total } = await as("plain").usage.query();
    assert.equal(total?.calls, 1n);
    assert.equal(total?.costNanoUsd, costOf(prompt, 20));
    assert.equal(total?.outputTokens, 20n);
    const budgets = await as("ops").usage.listBudgets();
    const guide = budgets.find(({ budget }) => budget === "daily-budget-limit");
    assert.equal(guide?.limitNanoUsd, 100_000_000_000n);
    assert.ok((guide?.spentNanoUsd ?? 0n) >= costOf(prompt, 20));
  });

  it("refuse by name at every door, with when to ask again", async () => {
    for (const caller of createCallers({ ...gateway, licenseKey: keyOf("poor") })) {
      const question = { prompt: "Write 5 words.", model: claude };
      const asks = [() => caller.complete(question), () => readStream(caller.stream(question))];
      for (const ask of asks) {
        try {
          await ask();
          assert.fail(`${caller.name} served it`);
        } catch (error) {
          if (!(error instanceof CallError)) throw error;
          assert.equal(error.code, "RESOURCE_EXHAUSTED", caller.name);
          assert.equal(error.reason, "BUDGET_EXCEEDED", caller.name);
          assert.equal(error.metadata.budget, "spent", caller.name);
          const untilEndMs = Date.parse(error.metadata.window_end ?? "") - Date.now();
          assert.ok(Math.abs((error.retryAfterMs ?? 0) - untilEndMs) < 5000, caller.name);
        }
      }
    }
    assert.equal((await as("poor").usage.query()).total?.calls, 0n);
  });

  it("shorten an answer to what they still buy, streams and unary calls alike", async () => {
    const request = { prompt: "Write 3000 words.", model: claude };
    const whole = await as("small").complete(request);
    const { clampedMaxTokens = 0, usage } = whole;
    assert.ok(clampedMaxTokens > 0 && clampedMaxTokens < 4096, `${clampedMaxTokens}`);
    assert.equal(usage?.outputTokens, clampedMaxTokens);
    const response = await fetch(`${gateway.httpUrl}/v1/complete`, {
      method: "POST",
      headers: { authorization: `Bearer ${keyOf("small")}` },
      body: JSON.stringify({ prompt: "Write 40 words.", model: claude, max_tokens: 2000 }),
    });
    const rest = (await response.json()) as { clamped_max_tokens?: number; error?: object };
    assert.ok(rest.error !== undefined || (rest.clamped_max_tokens ?? 0) > 0, JSON.stringify(rest));
  });

  it("move a call to a cheaper model where they say so", async () => {
    const answer = await as("moved").complete({ prompt: "Write 5 words.", model: claude });
    assert.equal(answer.model, haiku);
    assert.equal(answer.downgradedFrom, claude);
    const summary = await as("moved").stream({ prompt: "Write 5 words.", model: claude }).summary();
    assert.equal(summary.downgradedFrom, claude);
  });

  it("let the default limit of a dear model pass while they are fresh", async () => {
    const answer = await as("fresh").complete({ prompt: "Write 5 words.", model: opus });
    assert.equal(answer.clampedMaxTokens, undefined);
  });

  it("charge a stream that its reader leaves by what was streamed, and settle it", async () => {
    gateway.emulator.setPacing({ pauseAfterTokens: 10 });
    const stream = as("streams").stream({ prompt: "Write 500 words.", model: claude });
    for await (const _ of stream) break;
    gateway.emulator.setPacing({});
    const charged = async () => (await as("streams").usage.query()).total?.costNanoUsd ?? 0n;
    let costNanoUsd = 0n;
    while (costNanoUsd === 0n) costNanoUsd = await charged();
    assert.ok(costNanoUsd >= costOf("Write 500 words.", 1), `${costNanoUsd}`);
    assert.ok(costNanoUsd < costOf("Write 500 words.", 500), `${costNanoUsd}`);
  });

  it("are a key's own for those who are no administrators", async () => {
    const own = await as("fresh").usage.listBudgets();
    assert.deepEqual(
      own.map(({ account }) => account),
      ["fresh/month/key:fresh"],
    );
    const all = await as("ops").usage.query({
      groupBy: [{ by: { case: "dimension", value: 1 } }],
    });
    assert.ok(all.rows.some(({ values }) => values[0] === "fresh"));
    await assert.rejects(as("fresh").usage.query({ filter: { key: "plain" } }), /its own usage/);
  });

  it("are shown by the command, as tables and as JSON", async () => {
    const run = (...args: string[]) =>
      runAxonflow(args, { AXONFLOW_URL: gateway.grpcUrl, AXONFLOW_LICENSE_KEY: keyOf("ops") });
    const budgets = await run("budgets");
    assert.deepEqual([budgets.status, budgets.stderr], [0, ""]);
    assert.match(budgets.stdout, /^daily-budget-limit\/day\/gateway .*calls are refused$/m);
    const usage = await run("usage", "--by", "key,model");
    assert.equal(usage.status, 0, usage.stderr);
    assert.match(usage.stdout, /USD by hour, at most/);
    assert.match(usage.stdout, /^plain +anthropic\.claude-3-5-sonnet\S+ +1 /m);
    const { total } = JSON.parse((await run("usage", "--key", "plain", "--json")).stdout);
    assert.equal(total.calls, "1");
  });
});
