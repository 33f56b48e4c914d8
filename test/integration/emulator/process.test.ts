import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { createAsker, franceAnswer, wholeText, withEmulator } from "./fixture.ts";

function start(...args: string[]) {
  const child = spawn(process.execPath, ["emulator/main.ts", ...args], {
    cwd: new URL("../../..", import.meta.url),
    env: {},
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(
    ([stdout, stderr, [status]]) => ({ stdout, stderr, status }),
  );
  return { child, ended };
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`the process says where it listens, answers, and ends with status 0 on ${signal}`, async () => {
    const { child, ended } = start("--port", "0");
    const [line] = await once(child.stdout, "data");
    const url = /http:\S+/.exec(String(line))?.[0] ?? "";
    using asker = createAsker({ url }, "2");
    assert.equal(wholeText(await asker.whole()), franceAnswer);
    child.kill(signal);
    const { status, stderr } = await ended;
    assert.deepEqual([status, stderr], [0, ""]);
  });
}

const mistakes: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [["--port", "many"], /--port is not a number: many/],
  [["--port", "65536"], /--port is not a port from 0 to 65535/],
  [["--tokens-per-second", "0"], /tokensPerSecond/],
  [["--first-token-ms", "-1"], /--first-token-ms/],
  [["--faults", "/nowhere.json"], /cannot use fault file \/nowhere.json/],
  [["--lifecycle", "eternal"], /--lifecycle is not one of guide, real: eternal/],
  [["--surprise"], /--surprise/],
];

for (const [args, message] of mistakes) {
  test(`bad usage is one line and status 2: ${args.join(" ")}`, async () => {
    const { status, stderr, stdout } = await start(...args).ended;
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
    assert.deepEqual([status, stdout], [2, ""]);
  });
}

test("--lifecycle real makes models end as on AWS", async () => {
  const { child, ended } = start("--port", "0", "--lifecycle", "real");
  const [line] = await once(child.stdout, "data");
  using asker = createAsker({ url: /http:\S+/.exec(String(line))?.[0] ?? "" }, "1.1");
  await assert.rejects(asker.whole(), { name: "ResourceNotFoundException" });
  child.kill();
  await ended;
});

test("a taken port is one line and status 1", () =>
  withEmulator({}, async ({ port }) => {
    const { status, stderr } = await start("--port", String(port)).ended;
    assert.match(stderr, /^emulator: .*in use.*\n$/);
    assert.equal(status, 1);
  }));

test("another process sets faults and pacing and reads the journal over HTTP", () =>
  withEmulator({}, async (emulator) => {
    const control = async (method: string, path: string, body?: unknown) => {
      const reply = await fetch(`${emulator.url}/_emulator${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: reply.status, json: await reply.json() };
    };
    using asker = createAsker(emulator, "1.1");
    const rules = [{ times: 1, action: { kind: "exception", exception: "ThrottlingException" } }];
    assert.deepEqual((await control("PUT", "/faults", rules)).json, rules);
    await assert.rejects(asker.whole(), { name: "ThrottlingException" });
    await control("DELETE", "/faults");
    assert.deepEqual(emulator.faults, []);
    await control("PUT", "/pacing", { pauseAfterTokens: 1 });
    const answer = asker.whole();
    const { callId } = await emulator.journal.waitFor(({ kind }) => kind === "paused");
    assert.deepEqual((await control("POST", "/release", { callId })).json, { released: 1 });
    await answer;
    const journal = (await control("GET", "/journal")).json as { kind: string }[];
    assert.deepEqual(
      journal.map(({ kind }) => kind),
      ["request", "fault", "completed", "request", "paused", "completed"],
    );
    const mistake = await control("PUT", "/faults", [{ action: { kind: "explode" } }]);
    assert.equal(mistake.status, 400);
    assert.match(mistake.json.error, /kind "explode" is not one of/);
    assert.equal((await control("GET", "/nothing")).status, 404);
  }));
