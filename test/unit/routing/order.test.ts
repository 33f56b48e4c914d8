import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RoutingAffinity, RoutingOrder } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Delivery, Endpoint } from "../../../server/core/call.ts";
import type { CircuitState, EndpointRecords } from "../../../server/core/endpoint-records.ts";
import { bedrockIn, modelRoutesOf, openAi, routedWorld } from "../../fakes/routed-world.ts";

const places = [...["us-east-1", "us-west-2", "eu-central-1"].map(bedrockIn), openAi];
const modelRoutes = modelRoutesOf({ both: { bedrock: "claude-3-5-sonnet", openai: "gpt-4o" } });
const { PRIORITY, WEIGHT, COST, LATENCY } = RoutingOrder;

/** What is known of an endpoint, by its region. */
interface Known {
  readonly medianMs?: number;
  readonly circuit?: CircuitState;
  readonly inFlight?: number;
  readonly answered?: number;
  readonly failed?: number;
  readonly delivery?: Delivery;
}

function recordsOf(known: Readonly<Record<string, Known>>): EndpointRecords {
  return {
    all: () => [],
    of(endpoint) {
      const facts = known[endpoint.region];
      if (!facts) return undefined;
      const { medianMs, circuit = "closed", inFlight = 0, answered = 0, failed = 0 } = facts;
      return {
        endpoint,
        circuit,
        probeAtMs: undefined,
        inFlight,
        answered,
        failed,
        firstEventMs: (share, delivery) =>
          share === 0.5 && (facts.delivery ?? delivery) === delivery ? medianMs : undefined,
      };
    },
  };
}

const regionsOf = (endpoints: readonly Endpoint[]) => endpoints.map(({ region }) => region);

describe("the order of priority", () => {
  it("is that of the configuration: Bedrock's regions, then OpenAI", () => {
    const world = routedWorld({
      places,
      modelRoutes: modelRoutesOf({ a: { bedrock: "claude-3-haiku" } }),
    });
    assert.deepEqual(regionsOf(world.endpoints({ model: "a" })), [
      "us-east-1",
      "us-west-2",
      "eu-central-1",
    ]);
    const weighted = routedWorld({ places, weights: { openai: 1, bedrock: 1 }, order: "priority" });
    assert.deepEqual(weighted.providers({ model: "gpt-4-turbo" }), ["bedrock", "openai"]);
  });

  it("begins with the primary provider", () => {
    const primaryProvider = "openai";
    const weights = { openai: 1, bedrock: 1 };
    const world = routedWorld({ places, weights, order: "priority", primaryProvider });
    assert.deepEqual(world.providers({ model: "gpt-4-turbo" }), ["openai", "bedrock"]);
  });

  it("is the order in which a route names its providers", () => {
    const openaiFirst = modelRoutesOf({ both: { openai: "gpt-4o", bedrock: "claude-3-5-sonnet" } });
    const world = routedWorld({ places, modelRoutes: openaiFirst });
    assert.deepEqual(world.providers({ model: "both" }), ["openai", "bedrock"]);
  });

  it("is what a request asks for over what is configured", () => {
    const world = routedWorld({ places, modelRoutes, order: "cost" });
    assert.deepEqual(world.providers({ model: "both" }), ["openai", "bedrock"]);
    assert.deepEqual(world.providers({ model: "both", routing: { order: PRIORITY } }), [
      "bedrock",
      "openai",
    ]);
  });
});

describe("the order of cost", () => {
  const routing = { order: COST };

  it("begins with the cheapest by the prices of the day, and ends with what has no price", () => {
    const routes = modelRoutesOf({
      cheap: { openai: "gpt-4o", bedrock: "claude-3-haiku" },
      dear: { bedrock: "claude-3-opus", openai: "gpt-4o" },
      unpriced: { bedrock: "anthropic.claude-of-tomorrow-v1:0", openai: "gpt-4-turbo" },
    });
    const world = routedWorld({ places, modelRoutes: routes });
    const first = (model: string) => world.providers({ model, routing });
    assert.deepEqual(first("cheap"), ["bedrock", "openai"]);
    assert.deepEqual(first("dear"), ["openai", "bedrock"]);
    assert.deepEqual(first("unpriced"), ["openai", "bedrock"]);
  });

  it("leaves endpoints of the same price as they are configured", () => {
    const world = routedWorld({ places });
    const endpoints = world.endpoints({ model: "claude-3-haiku", routing });
    assert.deepEqual(regionsOf(endpoints), ["us-east-1", "us-west-2", "eu-central-1"]);
  });

  it("knows that a region has a price of its own", () => {
    const world = routedWorld({ places: ["eu-west-2", "us-east-1"].map(bedrockIn) });
    const prices = world
      .endpoints({ model: "llama3-8b", routing })
      .map(({ prices: list }) => list?.standard.inputNanoUsdPerMillionTokens ?? 0n);
    assert.equal(prices.length, 2);
    assert.ok((prices[0] ?? 0n) <= (prices[1] ?? 0n), prices.join());
  });
});

describe("the order of latency", () => {
  const routing = { order: LATENCY };
  const request = { model: "claude-3-haiku", routing };
  /** Never looks at another endpoint by chance. */
  const random = () => 0.999;
  const order = (known: Readonly<Record<string, Known>>, delivery: Delivery = "stream") =>
    regionsOf(
      routedWorld({ places, records: recordsOf(known), random }).endpoints(request, { delivery }),
    );

  it("begins with the shortest median", () => {
    const known = { "us-east-1": { medianMs: 300 }, "us-west-2": { medianMs: 100 } };
    const all = order({ ...known, "eu-central-1": { medianMs: 200 } });
    assert.deepEqual(all, ["us-west-2", "eu-central-1", "us-east-1"]);
  });

  it("compares times of the same delivery", () => {
    const known = {
      "us-east-1": { medianMs: 300 },
      "us-west-2": { medianMs: 100, delivery: "unary", inFlight: 1 },
      "eu-central-1": { medianMs: 200 },
    } as const;
    assert.deepEqual(order(known, "unary"), ["us-west-2", "eu-central-1", "us-east-1"]);
    assert.deepEqual(order(known, "stream"), ["eu-central-1", "us-east-1", "us-west-2"]);
  });

  it("gives an endpoint that nobody has asked a chance, with one call at a time", () => {
    const known = { "us-east-1": { medianMs: 300 }, "eu-central-1": { medianMs: 200 } };
    assert.equal(order(known)[0], "us-west-2");
    assert.equal(order({ ...known, "us-west-2": { answered: 1 } })[0], "us-west-2");
    assert.equal(order({ ...known, "us-west-2": { answered: 1, inFlight: 1 } })[0], "eu-central-1");
    assert.equal(order({ ...known, "us-west-2": { failed: 1 } })[0], "eu-central-1");
  });

  it("ends with an endpoint whose circuit is open, however fast it was", () => {
    const known = {
      "us-east-1": { medianMs: 1, circuit: "open" },
      "us-west-2": { medianMs: 9 },
    } as const;
    assert.equal(order({ ...known, "eu-central-1": { medianMs: 8 } }).at(-1), "us-east-1");
  });

  it("is that of the configuration while nothing is known", () => {
    assert.deepEqual(order({}), ["us-east-1", "us-west-2", "eu-central-1"]);
    const unaware = routedWorld({ places }).endpoints(request);
    assert.deepEqual(regionsOf(unaware), ["us-east-1", "us-west-2", "eu-central-1"]);
  });

  it("lets one call in fifty look whether another one has become faster, but at none that is open", () => {
    const known = {
      "us-east-1": { medianMs: 1 },
      "us-west-2": { medianMs: 2 },
      "eu-central-1": { medianMs: 3, circuit: "open" },
    } as const;
    const world = routedWorld({ places, records: recordsOf(known) });
    const firsts = Array.from({ length: 5000 }, () => world.endpoints(request)[0]?.region);
    const looks = firsts.filter((region) => region === "us-west-2").length;
    assert.ok(looks > 50 && looks < 150, `${looks} of 5,000`);
    assert.ok(!firsts.includes("eu-central-1"));
  });

  it("looks at an endpoint, too, that failed before it ever answered", () => {
    const known = { "us-east-1": { medianMs: 1 }, "us-west-2": { failed: 1 } };
    const world = routedWorld({ places: places.slice(0, 2), records: recordsOf(known) });
    const firsts = Array.from({ length: 5000 }, () => world.endpoints(request)[0]?.region);
    const looks = firsts.filter((region) => region === "us-west-2").length;
    assert.ok(looks > 50 && looks < 150, `${looks} of 5,000`);
  });

  it("loses nobody on the way", () => {
    for (const chance of [0, 0.001, 0.019, 0.5, 0.999]) {
      const world = routedWorld({
        places,
        records: recordsOf({ "us-east-1": { medianMs: 5 } }),
        random: () => chance,
      });
      assert.deepEqual(regionsOf(world.endpoints(request)).toSorted(), [
        "eu-central-1",
        "us-east-1",
        "us-west-2",
      ]);
    }
  });

  it("begins at one endpoint for all calls of a conversation, whatever its speed", () => {
    const sticky = { order: LATENCY, affinity: RoutingAffinity.CONVERSATION };
    const firstOf = (conversationId: string, medianMs: number) =>
      routedWorld({ places, records: recordsOf({ "us-west-2": { medianMs } }) }).endpoints({
        model: "claude-3-haiku",
        conversationId,
        routing: sticky,
      })[0]?.region;
    const homes = Array.from({ length: 60 }, (_, id) => firstOf(`c${id}`, 1));
    assert.deepEqual(
      Array.from({ length: 60 }, (_, id) => firstOf(`c${id}`, 9999)),
      homes,
    );
    assert.equal(new Set(homes).size, 3);
  });
});

describe("every order", () => {
  for (const [name, order] of Object.entries({ PRIORITY, WEIGHT, COST, LATENCY })) {
    it(`${name} leaves the first endpoint alone where the caller wants no failover`, () => {
      const world = routedWorld({ places, modelRoutes, weights: { bedrock: 1, openai: 1 } });
      const routing = { order, disableFailover: true };
      assert.equal(world.endpoints({ model: "both", routing }).length, 1);
      assert.equal(world.endpoints({ model: "both", routing: { order } }).length, 4);
    });
  }
});
