import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { createCallers } from "./callers.ts";
import { CallError, type Piece } from "./door-caller.ts";
import { runGateway, startGatewayProcess } from "./gateway-process.ts";

const licenseKey = "process-license-key";
const keys = { AXONFLOW_LICENSE_KEYS: `test=${licenseKey}` };

describe("the gateway refuses to start", () => {
  const bedrock = { LLM_BEDROCK_REGION: "us-east-1" };
  for (const [claim, args, env, expected] of [
    ["without a licence key", [], bedrock, /no licence key.*AXONFLOW_LICENSE_KEYS/s],
    [
      "without keys on a public address, even when told --insecure-no-auth",
      ["--insecure-no-auth", "--host", "0.0.0.0"],
      bedrock,
      /loopback only/,
    ],
    ["without a provider", [], keys, /No provider.*LLM_BEDROCK_ENABLED/s],
    [
      "when Bedrock is switched off",
      [],
      { ...keys, ...bedrock, LLM_BEDROCK_ENABLED: "false" },
      /No provider/,
    ],
    [
      "with values out of range, and names every one",
      ["--http-port", "99999"],
      { ...keys, ...bedrock, LLM_BEDROCK_ENDPOINT_URL: "nowhere", LOG_LEVEL: "loud" },
      /AXONFLOW_HTTP_PORT.*LOG_LEVEL.*LLM_BEDROCK_ENDPOINT_URL|LOG_LEVEL.*/s,
    ],
    ["with a flag that it does not know", ["--port", "1"], { ...keys, ...bedrock }, /--port/],
    [
      "with a file that is not there",
      ["--config", "/nowhere.yaml"],
      { ...keys, ...bedrock },
      /ENOENT/,
    ],
  ] as const) {
    it(claim, async () => {
      const { status, stderr, stdout } = await runGateway(args, env);
      assert.equal(status, 2);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, new RegExp(`${licenseKey}|at .*\\.ts:\\d`));
      assert.equal(stdout, "");
    });
  }

  it("on a port that is taken, naming it", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    for (const flag of ["--http-port", "--grpc-port"]) {
      const rest = flag === "--http-port" ? ["--grpc-port", "0"] : ["--http-port", "0"];
      const { status, stderr } = await runGateway([flag, String(port), ...rest], {
        ...keys,
        ...bedrock,
      });
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(String(port)));
    }
    other.close();
  });
});

describe("a gateway process", () => {
  let emulator: Emulator;
  let folder: string;
  before(async () => {
    emulator = await createEmulator();
    folder = mkdtempSync(join(tmpdir(), "axonflow-test-"));
  });
  after(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });

  const bedrock = () => ({
    LLM_BEDROCK_REGION: "us-east-1",
    LLM_BEDROCK_ENDPOINT_URL: emulator.url,
  });
  const callersOf = (urls: { httpUrl: string; grpcUrl: string }) =>
    createCallers({ ...urls, licenseKey });

  it("takes the guide's YAML and a file of licence keys", async () => {
    const config = join(folder, "gateway.yaml");
    const keyFile = join(folder, "keys");
    writeFileSync(keyFile, `# keys of this test\nteam-a=${licenseKey}\n`);
    writeFileSync(
      config,
      `BedrockRegion: us-west-2\nBedrockModel: anthropic.claude-3-haiku-20240307-v1:0\nBedrockEndpointURL: ${emulator.url}\nLicenseKeysFile: ${keyFile}\n`,
    );
    const started = await startGatewayProcess({}, { args: ["--config", config] });
    for (const caller of callersOf(started)) {
      const answer = await caller.complete({ prompt: "What is the capital of France?" });
      assert.equal(answer.model, "anthropic.claude-3-haiku-20240307-v1:0");
      assert.equal(answer.region, "us-west-2");
    }
    started.child.kill("SIGTERM");
    assert.equal(await started.exited, 0);
  });

  it("drains on SIGTERM: readiness goes, new calls are refused, running streams finish, exit 0", async () => {
    const gateway = await startGatewayProcess({ ...keys, ...bedrock() });
    emulator.setPacing({ pauseAfterTokens: 2 });
    const streams = callersOf(gateway).map((caller) => caller.stream({ prompt: "Write 9 words." }));
    const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
    await Promise.all(readers.map((reader) => reader.next()));
    gateway.child.kill("SIGTERM");
    await untilRefused(gateway.httpUrl);

    for (const caller of callersOf(gateway)) {
      await assert.rejects(caller.complete({ prompt: "hi" }), (error) => {
        assert.ok(error instanceof CallError, String(error));
        assert.equal(`${error.code} ${error.reason}`, "UNAVAILABLE DRAINING", caller.name);
        assert.ok(error.retryAfterMs, "says when to come back");
        return true;
      });
    }
    emulator.setPacing({});
    emulator.release();
    for (const reader of readers) {
      let last: Piece | undefined;
      for (let next = await reader.next(); !next.done; next = await reader.next())
        last = next.value;
      assert.equal(last?.kind, "completed");
    }
    assert.equal(await gateway.exited, 0);
  });

  it("ends streams that outlast the drain window with UNAVAILABLE, exit 0", async () => {
    const gateway = await startGatewayProcess({
      ...keys,
      ...bedrock(),
      AXONFLOW_DRAIN_TIMEOUT_MS: "200",
    });
    emulator.setPacing({ pauseAfterTokens: 2 });
    emulator.journal.clear();
    const outcomes = callersOf(gateway).map(async (caller) => {
      const pieces: Piece[] = [];
      try {
        for await (const piece of caller.stream({ prompt: "Write 9 words." })) pieces.push(piece);
      } catch (error) {
        return { pieces, error, name: caller.name };
      }
      throw new Error(`${caller.name} ended cleanly`);
    });
    await allPaused(emulator, outcomes.length);
    gateway.child.kill("SIGTERM");
    for (const { error, pieces, name } of await Promise.all(outcomes)) {
      assert.ok(error instanceof CallError, String(error));
      assert.equal(`${error.code} ${error.reason}`, "UNAVAILABLE DRAINING", name);
      assert.ok(pieces.length > 0);
    }
    assert.equal(await gateway.exited, 0);
    emulator.setPacing({});
  });

  it("logs a fault that nobody caught and ends with status 1, never silently", async () => {
    const fault = join(folder, "fault.mjs");
    writeFileSync(
      fault,
      'process.on("SIGUSR2", () => Promise.reject(new Error("planted fault")));',
    );
    const gateway = await startGatewayProcess(
      { ...keys, ...bedrock() },
      { nodeFlags: ["--import", fault] },
    );
    gateway.child.kill("SIGUSR2");
    assert.equal(await gateway.exited, 1);
    const line = gateway.lines.find(({ fault }) => fault);
    assert.match(JSON.stringify(line), /planted fault/);
  });
});

async function untilRefused(httpUrl: string): Promise<void> {
  while ((await fetch(`${httpUrl}/readyz`)).status === 200);
}

/** Waits until so many different calls have paused since the journal was last cleared. */
async function allPaused({ journal }: Emulator, count: number): Promise<void> {
  const paused = new Set<string>();
  while (paused.size < count) {
    const entry = await journal.waitFor(
      ({ kind, callId }) => kind === "paused" && !paused.has(callId),
    );
    paused.add(entry.callId);
  }
}
