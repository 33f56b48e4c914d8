import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  GetModelResponseSchema,
  Lifecycle,
  ListModelsResponseSchema,
  ModelFeature,
  type ModelSchema,
} from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import { runAxonflow } from "./command.ts";
import { type StandInServer, startStandInServer } from "./stand-in-server.ts";

type ModelInit = MessageInitShape<typeof ModelSchema>;

const priceOf = (input: bigint, output: bigint) => ({
  inputNanoUsdPerMillionTokens: input * 10_000_000n,
  outputNanoUsdPerMillionTokens: output * 10_000_000n,
});

const one: ModelInit = {
  id: "v.one-v1:0",
  name: "one",
  displayName: "The One",
  provider: "bedrock",
  family: "converse",
  maker: "v",
  aliases: ["uno", "eins"],
  regions: ["us-east-1"],
  contextWindowTokens: 200_000,
  maxOutputTokens: 4096,
  price: {
    ...priceOf(300n, 1500n),
    cacheReadNanoUsdPerMillionTokens: 300_000_000n,
    effectiveFrom: "2026-10-07",
  },
  longPromptPrice: priceOf(600n, 2250n),
  longPromptAboveTokens: 100_000,
  publicPrice: priceOf(400n, 1500n),
  lifecycle: Lifecycle.LEGACY,
  endOfLifeDate: "2027-01-08",
  replacement: "v.two",
  isDefault: true,
  profiles: [{ id: "us.v.one-v1:0", geography: "us", price: priceOf(330n, 1650n) }],
  features: [ModelFeature.TOOLS, ModelFeature.PROMPT_CACHE],
  refusedFields: ["temperature", "top_p"],
};
const two: ModelInit = {
  id: "v.two",
  name: "two",
  provider: "bedrock",
  regions: ["us-east-1"],
  price: priceOf(4n, 14n),
  contextWindowTokens: 1_050_000,
  lifecycle: Lifecycle.ACTIVE,
};
const retired: ModelInit = {
  id: "gpt-old",
  name: "gpt-old",
  provider: "openai",
  maker: "openai",
  price: priceOf(1000n, 3000n),
  lifecycle: Lifecycle.END_OF_LIFE,
  endOfLifeDate: "2026-10-23",
};
const unpriced: ModelInit = {
  id: "v.new",
  name: "new",
  provider: "bedrock",
  regions: ["us-east-1"],
};
const all = [one, two, retired, unpriced];

describe("axonflow models", () => {
  let server: StandInServer;
  const run = (...args: string[]) =>
    runAxonflow(["models", ...args], { AXONFLOW_URL: server.grpcUrl });

  before(async () => {
    server = await startStandInServer({
      listModels({ pageToken, family, maker, provider }) {
        const found = all.filter(
          (model) =>
            (family === "" || model.family === family) &&
            (maker === "" || model.maker === maker) &&
            (provider === "" || model.provider === provider),
        );
        // Two pages, whatever is asked for.
        const models = pageToken ? found.slice(1) : found.slice(0, 1);
        const nextPageToken = pageToken || found.length < 2 ? "" : "1";
        return create(ListModelsResponseSchema, { models, nextPageToken });
      },
      getModel({ model: name }) {
        const model = all.find(({ id, name: own }) => id === name || own === name);
        if (!model) throw new ConnectError(`There is no model ${name}.`, Code.NotFound);
        return create(GetModelResponseSchema, { model });
      },
    });
  });
  after(() => server.close());

  it("prints what the gateway serves, and says how much more it knows", async () => {
    assert.deepEqual(await run(), {
      status: 0,
      stdout: `NAME           INPUT  OUTPUT    CONTEXT  MAX OUTPUT  LIFECYCLE                REPLACEMENT
one (default)   3.00   15.00    200,000       4,096  legacy until 2027-01-08  two
two             0.04    0.14  1,050,000           -  active                   -
new                -       -          -           -  -                        -
`,
      stderr: "Known and not served here: 1. --all lists them.\n",
    });
  });

  it("prints everything on --all, what is not served marked so", async () => {
    const { stdout, stderr } = await run("--all");
    assert.match(stdout, /^gpt-old +10\.00 +30\.00 .* ended 2026-10-23, not served here +-$/m);
    assert.equal(stderr, "");
  });

  for (const [args, names] of [
    [["--maker", "v"], ["one"]],
    [["--family", "converse"], ["one"]],
    [["--provider", "openai"], ["gpt-old"]],
    [[], ["one", "two", "gpt-old", "new"]],
  ] as const) {
    it(`as JSON with ${args.join(" ") || "no filter"} has ${names}`, async () => {
      const { stdout, stderr } = await run("--json", ...args);
      const { models } = JSON.parse(stdout);
      assert.deepEqual(
        models.map(({ name }: { name: string }) => name),
        names,
      );
      assert.equal(stderr, "");
    });
  }

  it("says so when nothing is left", async () => {
    const { status, stdout, stderr } = await run("--family", "none");
    assert.deepEqual([status, stdout, stderr], [0, "", "There is no such model.\n"]);
  });

  it("shows one model with all its prices", async () => {
    const { status, stdout } = await run("show", "one");
    assert.equal(status, 0);
    assert.equal(
      stdout,
      `The One

name            one (default)
id              v.one-v1:0
aliases         uno, eins
provider        bedrock
maker           v
family          converse
served in       us-east-1
called by       us.v.one-v1:0
context         200,000
longest answer  4,096
besides text    tools, prompt cache
refuses         temperature, top_p
lifecycle       legacy until 2027-01-08
replacement     v.two

USD FOR A MILLION TOKENS      INPUT  OUTPUT  CACHE READ  CACHE WRITE  FOR AN HOUR
by its name since 2026-10-07   3.00   15.00        0.30            -            -
with prompts above 100,000     6.00   22.50           -            -            -
by us.v.one-v1:0               3.30   16.50           -            -            -
the provider's list price      4.00   15.00           -            -            -
`,
    );
    const whole = JSON.parse((await run("show", "one", "--json")).stdout);
    assert.equal(whole.end_of_life_date, "2027-01-08");
  });

  it("shows a model without a price, and ends with 4 where there is no such model", async () => {
    const { stdout } = await run("show", "new");
    assert.match(stdout, /^called by +-$/m);
    assert.doesNotMatch(stdout, /USD/);
    const missing = await run("show", "nobody");
    assert.equal(missing.status, 4);
    assert.match(missing.stderr, /There is no model nobody/);
  });

  it("compares what tokens cost, and what is saved", async () => {
    const { status, stdout } = await run("compare", "gpt-old", "one", "two");
    assert.equal(status, 0);
    assert.equal(
      stdout,
      `US DOLLARS    INPUT (1,000)  OUTPUT (500)    TOTAL
gpt-old                0.01         0.015    0.025
one                   0.003        0.0075   0.0105
two                 0.00004       0.00007  0.00011
saved by one         70.0 %        50.0 %   58.0 %
saved by two         99.6 %        99.5 %   99.6 %
`,
    );
  });

  it("compares other numbers of tokens, and calls a dearer model a negative saving", async () => {
    const { stdout } = await run("compare", "one", "gpt-old", "--input", "10", "--output", "0");
    assert.match(stdout, /INPUT \(10\) +OUTPUT \(0\)/);
    assert.match(stdout, /^saved by gpt-old +-233\.3 % +- +-233\.3 %$/m);
  });

  it("compares in JSON by integers", async () => {
    const { stdout } = await run("compare", "gpt-old", "one", "--json");
    assert.deepEqual(JSON.parse(stdout), {
      input_tokens: 1000,
      output_tokens: 500,
      models: [
        {
          name: "gpt-old",
          id: "gpt-old",
          input_nano_usd: "10000000",
          output_nano_usd: "15000000",
          nano_usd: "25000000",
        },
        {
          name: "one",
          id: "v.one-v1:0",
          input_nano_usd: "3000000",
          output_nano_usd: "7500000",
          nano_usd: "10500000",
          saving_percent: { input: "70.0", output: "50.0", total: "58.0" },
        },
      ],
    });
  });

  for (const [args, status, words] of [
    [["compare", "one", "new"], 2, /no price for new/],
    [["compare", "one", "nobody"], 4, /There is no model nobody/],
    [["compare", "one"], 2, /missing required argument/],
    [["compare", "one", "two", "--input", "-1"], 2, /whole number/],
    [["show"], 2, /missing required argument/],
    [["sing"], 2, /./],
  ] as const) {
    it(`${args.join(" ")} ends with ${status}`, async () => {
      const outcome = await run(...args);
      assert.deepEqual([outcome.status, outcome.stdout], [status, ""]);
      assert.match(outcome.stderr, words);
    });
  }
});
