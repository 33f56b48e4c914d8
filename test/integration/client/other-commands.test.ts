import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Lifecycle } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import { runAxonflow, startAxonflow, startProgram } from "./command.ts";
import { startStandInServer } from "./stand-in-server.ts";

describe("axonflow models", () => {
  it("prints the models of all pages as a table or as JSON", async () => {
    const price = {
      inputNanoUsdPerMillionTokens: 3_000_000_000n,
      outputNanoUsdPerMillionTokens: 37_500_000n,
    };
    const one = { name: "one", id: "v.one", price, contextWindowTokens: 200_000, isDefault: true };
    const two = { name: "two", id: "v.two", lifecycle: Lifecycle.END_OF_LIFE, replacement: "one" };
    const server = await startStandInServer({
      listModels: ({ pageToken, family }) => {
        if (family === "none") return {};
        return pageToken ? { models: [two] } : { models: [one], nextPageToken: "2" };
      },
    });
    const env = { AXONFLOW_URL: server.grpcUrl };
    const [table, json, none] = await Promise.all([
      runAxonflow(["models"], env),
      runAxonflow(["models", "--json"], env),
      runAxonflow(["models", "--family", "none"], env),
    ]);
    server.close();
    assert.equal(
      table.stdout,
      `NAME           ID     INPUT  OUTPUT  CONTEXT  MAX OUTPUT  LIFECYCLE    REPLACEMENT
one (default)  v.one  3.00   0.0375  200000   -           -            -
two            v.two  -      -       -        -           end of life  one
`,
    );
    const names = JSON.parse(json.stdout).models.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ["one", "two"]);
    assert.deepEqual(none, { status: 0, stdout: "", stderr: "There is no such model.\n" });
  });
});

describe("axonflow", () => {
  it("lists its commands and exit statuses on --help, and on none at all as an error", async () => {
    const [help, none, unknown] = await Promise.all([
      runAxonflow(["--help"]),
      runAxonflow([]),
      runAxonflow(["sing"]),
    ]);
    assert.equal(help.status, 0);
    assert.match(help.stdout, /serve.*emulator.*complete.*models.*Exit status:/s);
    assert.deepEqual([none.status, none.stdout], [2, ""]);
    assert.deepEqual([unknown.status, unknown.stdout], [2, ""]);
  });

  it("hands everything after serve and emulator to those programs, --help too", async () => {
    for (const [name, main] of [
      ["serve", "server/main.ts"],
      ["emulator", "emulator/main.ts"],
    ] as const) {
      for (const args of [["--help"], ["--no-such-flag", "x"]]) {
        const [own, direct] = await Promise.all([
          runAxonflow([name, ...args]),
          startProgram(main, args).outcome,
        ]);
        assert.deepEqual(own, direct);
      }
    }
  });

  it("becomes the program, so that signals and exit status are the program's own", async () => {
    const { child, outcome } = startAxonflow(["emulator", "--port", "0"]);
    const [line] = await once(child.stdout, "data");
    const [url] = /http:\S+/.exec(line) ?? [];
    await fetch(`${url}/`); // It listens for signals from the moment that it can answer.
    child.kill("SIGTERM");
    assert.equal((await outcome).status, 0);
  });
});
