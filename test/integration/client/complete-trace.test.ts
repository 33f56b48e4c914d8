import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTwoRegions, type TwoRegions } from "../gateway/two-regions.ts";
import { runAxonflow } from "./command.ts";

const throttling = { action: { kind: "exception", exception: "ThrottlingException" } } as const;

describe("axonflow complete --trace", () => {
  let regions: TwoRegions;
  before(async () => {
    regions = await startTwoRegions();
  });
  after(() => regions.close());

  const ask = (...args: readonly string[]) => {
    const { grpcUrl, licenseKey } = regions.gateway;
    const env = { AXONFLOW_URL: grpcUrl, AXONFLOW_LICENSE_KEY: licenseKey };
    return runAxonflow(["complete", "What is the capital of France?", "--trace", ...args], env);
  };

  for (const args of [[], ["--stream"], ["--json"], ["--stream", "--json"]]) {
    it(`shows every attempt below the answer: ${args.join(" ")}`, async () => {
      regions.emulators[0].setFaults([throttling]);
      const { status, stdout, stderr } = await ask(...args);
      assert.equal(status, 0);
      assert.match(stdout, /Paris/);
      assert.doesNotMatch(stdout, /├─/);
      assert.match(stderr, /^completion \d.* · 8 in \/ 6 out · \$0\.000114$/m);
      assert.match(stderr, /^├─ ✗ {2}first +bedrock us-east-1 .*PROVIDER_THROTTLED$/m);
      assert.match(stderr, /^└─ ✓ {2}failover +bedrock us-west-2 .*█.* 8 in \/ 6 out/m);
    });
  }

  it("shows what is known of a call that failed, before what is said about the error", async () => {
    for (const emulator of regions.emulators) emulator.setFaults([throttling]);
    const { status, stdout, stderr } = await ask();
    assert.deepEqual([status, stdout], [5, ""]);
    assert.match(stderr, /^completion failed · PROVIDER_THROTTLED\n├─ ✗ {2}bedrock us-east-1 /);
    assert.match(stderr, /\n└─ ✗ {2}bedrock us-west-2 .*PROVIDER_THROTTLED\naxonflow: /);
  });
});
