import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { auditKeyFile, dataDirectory } from "../../fakes/data-directory.ts";
import { startTestGateway, type TestGateway } from "../gateway/gateway.ts";
import { runAxonflow } from "./command.ts";

const keys = {
  caller: "test-license-key-of-a-caller",
  auditor: "test-license-key-of-an-auditor",
  admin: "test-license-key-of-an-admin",
};

const randomId = "019ab1c2-7c1e-7a55-8a2f-0d5c1b7e9f10";

describe("axonflow audit", () => {
  const directory = dataDirectory();
  const settings = {
    AXONFLOW_DATA_DIR: directory,
    AXONFLOW_AUDIT_KEY_FILE: auditKeyFile(),
  };
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway({
      ...settings,
      AXONFLOW_LICENSE_KEYS: `caller=${keys.caller},auditor=${keys.auditor},admin=${keys.admin}`,
      AXONFLOW_AUDIT_READERS: "auditor",
      AXONFLOW_ADMIN_KEYS: "admin",
      AXONFLOW_AUDIT_BODIES: "true",
    });
    const { status, stderr } = await audit("show", await call("Echo: first"), "--proof");
    assert.equal(status, 0, `it is signed: ${stderr}`);
  });
  after(() => gateway.close());

  const run = (args: readonly string[], key = keys.auditor) =>
    runAxonflow(args, {
      ...settings,
      AXONFLOW_URL: gateway.grpcUrl,
      AXONFLOW_LICENSE_KEY: key,
    });
  const audit = (...args: string[]) => run(["audit", ...args]);
  const call = async (...args: string[]): Promise<string> => {
    await run(["complete", ...args], keys.caller);
    const { stdout } = await audit("list", "--principal", "caller", "--limit", "1", "--json");
    return JSON.parse(stdout).entries[0].request_id;
  };
  const file = (name: string) => join(directory, name);
  const publicKey = async (): Promise<string> => {
    const { stdout } = await audit("public-key");
    writeFileSync(file("gateway.pem"), stdout);
    return file("gateway.pem");
  };

  it("lists what happened, the newest first, from left to right", async () => {
    const request = await call("Echo: hello");
    await call("hello", "--model", "no-such-model");
    const { status, stdout, stderr } = await audit("list");
    assert.equal(status, 0, stderr);
    const [heads, ...rows] = stdout.trimEnd().split("\n");
    assert.match(heads ?? "", /^TIME \(UTC\) +WHO +FROM +WHAT +DECISION +MODEL +TOKENS +COST/);
    const place = rows.findIndex((row) => row.endsWith(request));
    assert.match(rows[place] ?? "", / caller +127\.0\.0\.1 +Complete +allow +\S+ +\d+\/\d+ +\$0\./);
    assert.match(rows.slice(0, place).join("\n"), /error: MODEL_NOT_FOUND +no-such-model/);
    assert.match(rows[0] ?? "", / auditor +.* audit\.list /);
  });

  it("lists only what is asked for, across pages, and says that there may be more", async () => {
    const failed = await audit("list", "--decision", "error", "--reason", "MODEL_NOT_FOUND");
    assert.match(failed.stdout, /no-such-model/);
    assert.doesNotMatch(failed.stdout, /allow/);
    const one = await audit("list", "--kind", "checkpoint", "--kind", "start", "--limit", "1");
    assert.equal(one.stdout.trimEnd().split("\n").length, 2);
    assert.match(one.stderr, /--limit allows more than 1/);
    const none = await audit("list", "--principal", "nobody");
    assert.equal(none.stdout, "Nothing on record matches.\n");
  });

  it("takes times as it prints them", async () => {
    const request = await call("Echo: now");
    const { stdout } = await audit("list", "--request", request, "--kind", "outcome");
    const [, row = ""] = stdout.split("\n");
    const time = row.slice(0, "2026-11-23 12:00:00.000".length);
    const since = await audit("list", "--since", time, "--principal", "caller");
    assert.match(since.stdout, new RegExp(request));
    const until = await audit("list", "--until", time, "--principal", "caller");
    assert.doesNotMatch(until.stdout, new RegExp(request));
  });

  it("shows a call from its intent to its outcome, and its texts where they are asked for", async () => {
    const request = await call("Echo: good morning");
    const { status, stdout, stderr } = await audit("show", request);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^intent\n[\s\S]*^outcome\n/m);
    assert.match(stdout, /^ {2}principal +caller$/m);
    assert.match(stdout, /^ {2}decision +allow$/m);
    assert.match(stdout, /^ {2}finish +stop$/m);
    assert.match(stdout, /└─ ✓ +first +bedrock us-east-1/);
    assert.doesNotMatch(stdout, /good morning/);
    const withTexts = await audit("show", request, "--texts");
    assert.match(withTexts.stdout, /^ {2}texts of the request .*good morning/m);
    const { stdout: readings } = await audit("list", "--kind", "read");
    assert.match(readings, /audit\.get/);
  });

  it("proves an entry, and checks a proof that was kept without the gateway", async () => {
    const request = await call("Echo: proof");
    const pem = await publicKey();
    const shown = await audit("show", request, "--proof", "--public-key", pem);
    assert.equal(shown.stdout.match(/^ {2}proven: the record is in the log/gm)?.length, 2);
    assert.match(shown.stdout, /That is the key of --public-key/);
    const { stdout } = await audit("show", request, "--proof", "--json");
    writeFileSync(file("proof.json"), stdout);
    const offline = (name: string) =>
      runAxonflow(["audit", "check-proof", file(name), "--public-key", pem]);
    const kept = await offline("proof.json");
    assert.deepEqual([kept.status, kept.stdout.match(/^ {2}proven/gm)?.length], [0, 2]);
    writeFileSync(file("other.json"), stdout.replace(/"tree_size":"/, '"tree_size":"1'));
    const other = await offline("other.json");
    assert.equal(other.status, 1);
    assert.match(other.stdout, /The proof does not hold: the record does not stand where/);
  });

  it("verifies through the gateway, and beside it with nothing but the store", async () => {
    const asked = await audit("verify", "--gateway");
    assert.deepEqual([asked.status, asked.stderr], [0, ""]);
    assert.match(asked.stdout, /^The audit log is whole\.$/m);
    const pem = await publicKey();
    const looked = await runAxonflow(["audit", "verify", "--public-key", pem], settings);
    assert.equal(looked.status, 0, looked.stderr);
    assert.match(looked.stdout, /^The audit log in .*audit\.db is whole\.$/m);
    assert.match(looked.stdout, /No other keys than those of --public-key may have signed/);
    const read = await runAxonflow(["audit", "verify", "--decrypt", "--json"], settings);
    const { whole, decrypted } = JSON.parse(read.stdout);
    assert.ok(whole && decrypted.opened > 0 && decrypted.unreadable.length === 0);
  });

  it("exports a copy that is verified and read without the gateway", async () => {
    const copy = file("copy.jsonl");
    const { status, stderr } = await audit("export", "--out", copy);
    assert.equal(status, 0, stderr);
    const pem = await publicKey();
    const nowhere = { AXONFLOW_AUDIT_KEY_FILE: settings.AXONFLOW_AUDIT_KEY_FILE };
    const verify = (name: string, ...args: string[]) =>
      runAxonflow(["audit", "verify", file(name), ...args], nowhere);
    const whole = await verify("copy.jsonl", "--public-key", pem, "--decrypt");
    assert.equal(whole.status, 0, whole.stderr);
    assert.match(whole.stdout, /is whole\.$/m);
    assert.match(whole.stdout, /All \d+ encrypted records could be read/);
    await verify("copy.jsonl", "--entries", file("opened.jsonl"));
    const opened = readFileSync(file("opened.jsonl"), "utf8").trimEnd().split("\n");
    assert.ok(opened.some((line) => JSON.parse(line).content?.call?.principal === "caller"));
    const again = await audit("export", "--out", copy);
    assert.deepEqual(
      [again.status, again.stderr],
      [2, `axonflow: --out: ${copy} is there already.\n`],
    );

    const text = readFileSync(copy, "utf8");
    writeFileSync(file("cut.jsonl"), text.slice(0, -100));
    const cut = await verify("cut.jsonl");
    assert.equal(cut.status, 1);
    assert.match(cut.stdout, /was cut off\. What can be checked of it is as it was written\.$/m);
    const lines = text.split("\n");
    const dropped = lines.findIndex((line) => line.includes('"sequence":3,'));
    writeFileSync(file("dropped.jsonl"), lines.toSpliced(dropped, 1).join("\n"));
    const found = await verify("dropped.jsonl");
    assert.equal(found.status, 1);
    assert.match(found.stdout, /is not as it was written/);
    assert.match(
      found.stdout,
      /^ {2}missing +chain \S+, segment 1, record 3\n +Record 3 is not there/m,
    );
  });

  it("exports a part, which says that it is one", async () => {
    const { stdout } = await audit("export", "--since", "1h", "--out", "-");
    writeFileSync(file("part.jsonl"), stdout);
    const part = await runAxonflow(["audit", "verify", file("part.jsonl")]);
    assert.equal(part.status, 0, part.stdout);
    assert.match(part.stdout, /It is a copy of a part/);
  });

  it("tells what would be pruned, to admins alone", async () => {
    const { status, stdout } = await run(["audit", "prune", "--dry-run"], keys.admin);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^Nothing of the log is from before \d{4}-\d\d-\d\d: nothing would go\.$/m,
    );
    const refused = await audit("prune");
    assert.deepEqual([refused.status, refused.stdout], [3, ""]);
    assert.match(refused.stderr, /PERMISSION_DENIED[\s\S]*AXONFLOW_ADMIN_KEYS/);
  });

  it("is for those who are named to read it", async () => {
    for (const args of [
      ["list"],
      ["show", randomId],
      ["verify", "--gateway"],
      ["export", "--out", "-"],
    ]) {
      const refused = await run(["audit", ...args], keys.caller);
      assert.deepEqual([refused.status, refused.stdout], [3, ""], args.join(" "));
      assert.match(refused.stderr, /PERMISSION_DENIED[\s\S]*AXONFLOW_AUDIT_READERS/);
    }
  });

  for (const [about, args, status, words] of [
    ["a word that is none", ["list", "--kind", "calls"], 2, /Take one of start, key, .*all\./],
    ["a time that is none", ["list", "--since", "yesterday"], 2, /an age such as 24h or 7d/],
    [
      "an end before the beginning",
      ["list", "--since", "1h", "--until", "2h"],
      2,
      /before --until/,
    ],
    ["an id that is none", ["show", "hello"], 2, /neither a request's id nor CHAIN\/SEQUENCE/],
    ["a request that never was", ["show", randomId], 4, /Nothing is on record about the request/],
    ["an entry that never was", ["show", `${randomId}/7`], 4, /AUDIT_ENTRY_NOT_FOUND/],
    ["a key without a proof", ["show", randomId, "--public-key", "x.pem"], 2, /is for --proof/],
    ["an export to nowhere", ["export"], 2, /--out/],
    ["a file that is not there", ["verify", "/no/such.jsonl"], 2, /cannot be read \(ENOENT\)/],
    ["a file of something else", ["verify", import.meta.filename], 2, /is no copy of an audit log/],
    ["two files", ["verify", "a", "b"], 2, /One FILE at a time/],
    ["an anchor that is none", ["verify", "--anchor", import.meta.filename], 2, /is no checkpoint/],
    ["a key that is none", ["verify", "--public-key", import.meta.filename], 2, /no public key/],
    ["a proof that is none", ["check-proof", import.meta.filename], 2, /has no proof/],
  ] as const) {
    it(`refuses ${about}, and says what to do`, async () => {
      const refused = await audit(...args);
      assert.deepEqual([refused.status, refused.stdout], [status, ""], refused.stderr);
      assert.match(refused.stderr, words);
    });
  }

  it("says that a gateway keeps no log, and where none was written", async () => {
    const silent = await startTestGateway({
      AXONFLOW_AUDIT_MODE: "off",
      AXONFLOW_ADMIN_KEYS: "test",
    });
    try {
      const env = { AXONFLOW_URL: silent.grpcUrl, AXONFLOW_LICENSE_KEY: silent.licenseKey };
      const admin = await runAxonflow(["audit", "list"], env);
      assert.equal(admin.status, 4);
      assert.match(admin.stderr, /keeps no audit log \(AXONFLOW_AUDIT_MODE=off\)/);
    } finally {
      await silent.close();
    }
    const empty = await runAxonflow(["audit", "verify"], { AXONFLOW_DATA_DIR: dataDirectory() });
    assert.equal(empty.status, 2);
    assert.match(empty.stderr, /no audit log was written here/);
  });
});
