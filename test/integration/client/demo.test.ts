import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, it } from "node:test";
import { startProgram } from "./command.ts";

const demo = (...args: string[]) => startProgram("scripts/demo.ts", args);
const anyPorts = ["--http-port", "0", "--grpc-port", "0"];

describe("npm run demo", { concurrency: true }, () => {
  it("asks three times and ends with --once, leaving no gateway behind", async () => {
    const { status, stdout, stderr } = await demo(...anyPorts, "--once").outcome;
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /The capital of France is Paris\..*tokens {3}8 in, 6 out/s);
    assert.match(stdout, /CompleteStream.*40 out.*to the first token/s);
    assert.match(stdout, /completion .* 30 out · \$0\.\d+\n/);
    assert.match(stdout, /├─ ✗ {2}first +bedrock us-east-1 .*PROVIDER_UNAVAILABLE\n/);
    assert.match(stdout, /├─ ✗ {2}retry +bedrock us-east-1 .*PROVIDER_UNAVAILABLE\n/);
    assert.match(stdout, /└─ ✓ {2}failover +bedrock us-west-2 .*█.*30 out/);
    const [, grpcPort, httpPort] = /gRPC on (\d+).* on (\d+)\./.exec(stdout) ?? [];
    for (const port of [grpcPort, httpPort]) {
      await assert.rejects(fetch(`http://127.0.0.1:${port}/`), /fetch failed/);
    }
  });

  it("stays up with commands to try until it is interrupted, and then ends with 0", async () => {
    const { child, outcome } = demo(...anyPorts);
    let stdout = "";
    child.stdout.on("data", (text) => {
      stdout += text;
      if (stdout.includes("# The command line")) child.kill("SIGINT");
    });
    const { status, stderr } = await outcome;
    assert.deepEqual([status, stderr], [0, ""]);
    const [key] = /demo-[0-9a-f]{32}/.exec(stdout) ?? [];
    assert.ok(stdout.includes(`-H "Authorization: Bearer ${key}"`));
  });

  it("names the port that is taken and the flag for another one", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    for (const [taken, free] of [
      ["--http-port", "--grpc-port"],
      ["--grpc-port", "--http-port"],
    ] as const) {
      const { status, stderr } = await demo(taken, String(port), free, "0").outcome;
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`Port ${port} is taken.*${taken} PORT`));
    }
    other.close();
  });

  it("refuses what it does not understand", async () => {
    for (const args of [
      ["--port", "1"],
      ["--http-port", "70000"],
      ["--grpc-port", "x"],
    ]) {
      const { status, stderr } = await demo(...args).outcome;
      assert.equal(status, 1);
      assert.match(stderr, /The demo failed\. .*port/);
    }
  });
});
