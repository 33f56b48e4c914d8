import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RoutingAffinity, RoutingOrder } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { drawnOrder } from "../../../server/routing/draw.ts";
import { attemptsWhileFailing } from "../../fakes/attempts-while-failing.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { modelRoutesOf, routedWorld } from "../../fakes/routed-world.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";

const claude = "anthropic.claude-3-5-sonnet-20240620-v1:0";
const calls = 100_000;

/** How often each provider is asked first in so many calls. */
function firstsOf(weights: Readonly<Record<string, number>>, model: string): Map<string, number> {
  const world = routedWorld({ weights });
  const counts = new Map<string, number>();
  for (let call = 0; call < calls; call += 1) {
    const [first] = world.endpoints({ model });
    if (first) counts.set(first.provider, (counts.get(first.provider) ?? 0) + 1);
  }
  return counts;
}

/** Whether a count is within five standard deviations of what a share of so many draws expects. */
function isLikely(count: number, share: number, of: number): boolean {
  return Math.abs(count - of * share) <= 5 * Math.sqrt(of * share * (1 - share));
}

describe("the guide's rollout, week by week", () => {
  for (const [week, weights, bedrockShare] of [
    [1, { openai: 0.9, bedrock: 0.1 }, 0.1],
    [2, { openai: 0.5, bedrock: 0.5 }, 0.5],
    [3, { bedrock: 1.0 }, 1],
  ] as const) {
    it(`week ${week}: ${calls} calls for gpt-4-turbo are shared ${JSON.stringify(weights)}`, (t) => {
      const counts = firstsOf(weights, "gpt-4-turbo");
      t.diagnostic(`asked first: ${JSON.stringify(Object.fromEntries(counts))}`);
      assert.ok(isLikely(counts.get("bedrock") ?? 0, bedrockShare, calls));
      assert.equal((counts.get("bedrock") ?? 0) + (counts.get("openai") ?? 0), calls);
    });
  }

  it("translates the guide's OpenAI names to the guide's Bedrock models", () => {
    const world = routedWorld({ weights: { bedrock: 1 } });
    for (const [asked, model] of [
      ["gpt-4-turbo", claude],
      ["gpt-4", "anthropic.claude-3-opus-20240229-v1:0"],
      ["gpt-3.5-turbo", "anthropic.claude-3-haiku-20240307-v1:0"],
    ] as const) {
      assert.equal(world.endpoints({ model: asked })[0]?.model, model);
    }
  });

  it("takes each provider's own default where no model is asked for", () => {
    const both = routedWorld({ weights: { openai: 0.5, bedrock: 0.5 } });
    const models = new Set(
      Array.from({ length: 50 }, () => both.endpoints({})[0]?.model).toSorted(),
    );
    assert.deepEqual([...models], [claude, "gpt-6-sol"]);
  });
});

describe("weights", () => {
  it("are met by the first draw and by the draws after it, for any weights of three", () => {
    const share = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(fc.tuple(share, share, share), fc.integer(), (weights, seed) => {
        const random = seededRandom(seed);
        const [a, b, c] = weights;
        const rounds = 5000;
        let first = 0;
        let afterFirst = 0;
        for (let round = 0; round < rounds; round += 1) {
          const order = drawnOrder([0, 1, 2], (index) => weights[index] ?? 0, random);
          if (order[0] !== 0) continue;
          first += 1;
          if (order[1] === 1) afterFirst += 1;
        }
        return isLikely(first, a / (a + b + c), rounds) && isLikely(afterFirst, b / (b + c), first);
      }),
      { numRuns: 30, seed: 4 },
    );
  });

  it("leave the other weighted providers as failover, each with its regions as configured", () => {
    const world = routedWorld({ weights: { openai: 0.5, bedrock: 0.5 } });
    const orders = new Set(
      Array.from({ length: 50 }, () => world.names({ model: "gpt-4-turbo" }).join(" ")).toSorted(),
    );
    const bedrock = [`bedrock/us-east-1/${claude}`, `bedrock/us-west-2/${claude}`];
    assert.deepEqual(
      [...orders],
      [
        [...bedrock, "openai/global/gpt-4-turbo"].join(" "),
        ["openai/global/gpt-4-turbo", ...bedrock].join(" "),
      ],
    );
  });

  it("apply among the providers that can serve the model", () => {
    const world = routedWorld({ weights: { openai: 0.9, bedrock: 0.1 } });
    assert.deepEqual(world.providers({ model: "claude-3-5-sonnet" }), ["bedrock"]);
    assert.deepEqual(world.providers({ model: "gpt-4o" }), ["openai"]);
  });

  it("apply among the providers of the operator's own route for the name", () => {
    const modelRoutes = modelRoutesOf({
      "gpt-4o": { openai: "gpt-4o", bedrock: "claude-sonnet-4-6" },
    });
    const world = routedWorld({ weights: { bedrock: 1 }, modelRoutes });
    assert.equal(world.endpoints({ model: "gpt-4o" })[0]?.model, "us.anthropic.claude-sonnet-4-6");
  });

  it("may change between two calls", () => {
    const world = routedWorld({ weights: { openai: 1 } });
    assert.deepEqual(world.providers({ model: "gpt-4-turbo" }), ["openai"]);
    world.traffic.setWeights(new Map([["bedrock", 1]]));
    assert.deepEqual(world.providers({ model: "gpt-4-turbo" }), ["bedrock"]);
  });

  it("only say who may serve where another order is asked for", () => {
    const world = routedWorld({ weights: { openai: 0.999, bedrock: 0.001 }, order: "priority" });
    assert.deepEqual(world.providers({ model: "gpt-4-turbo" }), ["bedrock", "openai"]);
  });

  it("are not drawn where the order is theirs and there are none: the order is that of the places", () => {
    const routing = { order: RoutingOrder.WEIGHT };
    const modelRoutes = modelRoutesOf({ a: { bedrock: "claude-3-haiku", openai: "gpt-4o" } });
    const world = routedWorld({ modelRoutes });
    assert.deepEqual(world.providers({ model: "a", routing }), ["bedrock", "openai"]);
  });
});

describe("a provider of weight 0, or without any", () => {
  const models = ["", "gpt-4-turbo", "gpt-4o", "gpt-6-luna", "claude-3-haiku", claude, "nobody-1"];
  const request = fc.record({
    model: fc.constantFrom(...models),
    provider: fc.constantFrom("", "openai", "bedrock"),
    conversationId: fc.constantFrom("", "a", "b"),
    routing: fc.record({
      order: fc.constantFrom<RoutingOrder>(0, 1, 2, 3, 4),
      affinity: fc.constantFrom<RoutingAffinity>(0, 1, 2, 3),
      allowedProviders: fc.constantFrom<string[]>([], ["openai"], ["*"], ["openai", "bedrock"]),
      disableFailover: fc.boolean(),
    }),
  });

  it("is never asked, whatever is asked for and whatever fails", async () => {
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(
        request,
        fc.constantFrom<Record<string, number>>({ bedrock: 1 }, { bedrock: 0.2, openai: 0 }),
        fc.constantFrom<readonly string[]>([], ["bedrock"], ["bedrock/us-east-1"]),
        fc.constantFrom(undefined, "openai", "bedrock"),
        fc.integer(),
        async (wish, weights, drained, primaryProvider, seed) => {
          const modelRoutes = modelRoutesOf({
            "gpt-4o": { openai: "gpt-4o", bedrock: "claude-sonnet-4-6" },
            "nobody-1": { openai: "gpt-4o" },
          });
          const random = seededRandom(seed);
          const world = routedWorld({ weights, modelRoutes, primaryProvider, random });
          for (const place of drained) world.traffic.drain(place);
          const attempts = await attemptsWhileFailing(world.routes, wish);
          asked += attempts.length;
          assert.ok(attempts.every(({ provider }) => provider === "bedrock"));
        },
      ),
      { numRuns: 1000 },
    );
    assert.ok(asked > 300, `only ${asked} attempts were made`);
  });

  it("fails a call that pins it, typed", async () => {
    const world = routedWorld({ weights: { bedrock: 1 } });
    const error = await refusalOf(() => world.names({ provider: "openai", model: "gpt-4-turbo" }));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
    assert.match(error.message, /"openai" may not serve this call.*weights/);
  });

  it("fails a call for a model that only it has, typed", async () => {
    const world = routedWorld({ weights: { bedrock: 1 } });
    const error = await refusalOf(() => world.names({ model: "gpt-4o" }));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
    assert.match(error.message, /of the provider openai, and it may not serve this call/);
  });
});

describe("affinity under weights", () => {
  const routing = { affinity: RoutingAffinity.CONVERSATION };
  const weights = { openai: 0.7, bedrock: 0.3 };

  it("takes the calls of one conversation to the same provider first, on every instance", () => {
    const [one, other] = [1, 2].map((seed) => routedWorld({ weights, random: seededRandom(seed) }));
    for (let id = 0; id < 200; id += 1) {
      const request = { model: "gpt-4-turbo", conversationId: `conversation-${id}`, routing };
      const first = one?.names(request);
      assert.deepEqual(one?.names(request), first);
      assert.deepEqual(other?.names(request), first);
    }
  });

  it("shares conversations out by weight", () => {
    const world = routedWorld({ weights });
    let openai = 0;
    for (let id = 0; id < 20_000; id += 1) {
      const [first] = world.endpoints({ model: "gpt-4-turbo", conversationId: `c${id}`, routing });
      if (first?.provider === "openai") openai += 1;
    }
    assert.ok(isLikely(openai, 0.7, 20_000), `${openai} of 20,000`);
  });

  it("only moves the conversations that a change of weights has to move", () => {
    const before = routedWorld({ weights: { openai: 0.5, bedrock: 0.5 } });
    const after = routedWorld({ weights: { openai: 0.4, bedrock: 0.6 } });
    for (let id = 0; id < 2000; id += 1) {
      const request = { model: "gpt-4-turbo", conversationId: `c${id}`, routing };
      const [was] = before.providers(request);
      if (was === "bedrock") assert.equal(after.providers(request)[0], "bedrock");
    }
  });

  it("keeps the calls of a key together, and lets chance decide where there is no conversation", () => {
    const world = routedWorld({ weights, affinity: "key" });
    const firsts = (principal: string) =>
      new Set(
        Array.from(
          { length: 30 },
          () => world.providers({ model: "gpt-4-turbo" }, { principal: { name: principal } })[0],
        ),
      ).size;
    assert.equal(firsts("a"), 1);
    assert.equal(firsts("b"), 1);
    const loose = routedWorld({ weights, affinity: "conversation" });
    const seen = new Set(
      Array.from({ length: 60 }, () => loose.providers({ model: "gpt-4-turbo" })[0]),
    );
    assert.equal(seen.size, 2);
  });
});
