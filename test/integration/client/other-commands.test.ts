import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { runAxonflow, startAxonflow, startProgram } from "./command.ts";

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
