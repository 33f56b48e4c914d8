import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTestGateway, type TestGateway } from "../gateway/gateway.ts";
import { runAxonflow } from "./command.ts";

const secretForm = /^axf_[A-Za-z0-9_-]{43}[0-9a-z]{6}\n$/;

describe("axonflow keys", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway({ AXONFLOW_ADMIN_KEYS: "test" });
  });
  after(() => gateway.close());

  const run = (args: readonly string[], licenseKey = gateway.licenseKey) =>
    runAxonflow(args, { AXONFLOW_URL: gateway.grpcUrl, AXONFLOW_LICENSE_KEY: licenseKey });
  const keys = (...args: string[]) => run(["keys", ...args]);

  it("makes a key whose secret alone is on stdout, and that works", async () => {
    const { status, stdout, stderr } = await keys(
      ...["create", "billing", "--tenant", "acme", "--model", "claude-*", "--model", "gpt-*"],
      ...["--budget", "daily=5", "--requests-per-minute", "60"],
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, secretForm);
    assert.match(stderr, /may: claude-\*, gpt-\*; \$5\.00 a day; 60 calls\/min\./);
    assert.match(stderr, /not shown again/);
    assert.ok(!stderr.includes(stdout.trim()));
    const asked = await run(["complete", "Repeat: hello"], stdout.trim());
    assert.deepEqual([asked.status, asked.stdout], [0, "hello\n"]);
  });

  it("lists, rotates and revokes it", async () => {
    const listed = await keys("list");
    assert.match(listed.stdout, /^NAME +TENANT +STATE +BEGINS +MADE +MAY$/m);
    assert.match(listed.stdout, /^test +- +configured/m);
    assert.match(listed.stdout, /^billing +acme +holds +axf_\S{4} +\S+ by test +claude/m);
    const rotated = await keys("rotate", "billing", "--grace", "1h");
    assert.match(rotated.stdout, secretForm);
    assert.match(rotated.stderr, /axf_\S{4}…, ends in/);
    const revoked = await keys("revoke", "billing");
    assert.equal(revoked.stdout.match(/is refused from now on/g)?.length, 2);
    assert.equal((await run(["complete", "hello"], rotated.stdout.trim())).status, 3);
    assert.doesNotMatch((await keys("list")).stdout, /billing/);
    assert.equal(
      (await keys("list", "--all")).stdout.match(/^billing +acme +revoked/gm)?.length,
      2,
    );
  });

  it("is for admins, and no key that it makes is one", async () => {
    const { stdout } = await keys("create", "curious");
    for (const args of [
      ["list"],
      ["create", "more"],
      ["rotate", "curious"],
      ["revoke", "curious"],
    ]) {
      const refused = await run(["keys", ...args], stdout.trim());
      assert.deepEqual([refused.status, refused.stdout], [3, ""]);
      assert.match(refused.stderr, /PERMISSION_DENIED[\s\S]*AXONFLOW_ADMIN_KEYS/);
    }
    await keys("revoke", "curious");
  });

  it("says all of it in JSON", async () => {
    const made = JSON.parse((await keys("create", "robot", "--json")).stdout);
    assert.match(`${made.secret}\n`, secretForm);
    const { keys: listed } = JSON.parse((await keys("list", "--json")).stdout);
    assert.deepEqual(
      listed.map((key: { name: string; state: string }) => [key.name, key.state]),
      [
        ["test", "KEY_STATE_CONFIGURED"],
        ["robot", "KEY_STATE_ACTIVE"],
      ],
    );
    const rotated = JSON.parse((await keys("rotate", "robot", "--json")).stdout);
    assert.equal(rotated.replaced.replaced_by, rotated.key.id);
    const { keys: revoked } = JSON.parse((await keys("revoke", "robot", "--json")).stdout);
    assert.equal(revoked[0].state, "KEY_STATE_REVOKED");
  });

  for (const [about, args, status, words] of [
    ["no name", ["create"], 2, /missing required argument/],
    ["a wrong name", ["create", "a b"], 2, /name: Must be/],
    ["a wrong budget", ["create", "x", "--budget", "5"], 2, /daily=5\.00/],
    ["an unknown time", ["create", "x", "--budget", "yearly=5"], 2, /times are minute, hourly/],
    ["a negative amount", ["create", "x", "--budget", "daily=-5"], 2, /daily=5\.00/],
    [
      "nothing to spend",
      ["create", "x", "--budget", "daily=0"],
      2,
      /limit_nano_usd: Must be above 0/,
    ],
    ["a misspelt model", ["create", "x", "--model", "clade-3-haiku"], 2, /claude-3-haiku/],
    ["no rate at all", ["create", "x", "--requests-per-minute", "0"], 2, /from 1 to/],
    ["too long a grace", ["rotate", "test-2", "--grace", "31d"], 2, /0 to 30 days/],
    ["nothing to revoke", ["revoke"], 2, /missing required argument/],
    ["an unknown policy", ["create", "x", "--policy", "strict"], 2, /no such policy/],
    ["a taken name", ["create", "test"], 4, /KEY_NAME_TAKEN/],
    ["a configured key", ["revoke", "test"], 4, /stands in the configuration/],
    ["nobody's key", ["rotate", "nobody"], 4, /KEY_NOT_FOUND/],
    ["a wrong grace", ["rotate", "test", "--grace", "soon"], 2, /30m, 12h or 7d/],
  ] as const) {
    it(`refuses ${about}`, async () => {
      const refused = await keys(...args);
      assert.equal(refused.status, status);
      assert.equal(refused.stdout, "");
      assert.match(refused.stderr, words);
    });
  }
});
