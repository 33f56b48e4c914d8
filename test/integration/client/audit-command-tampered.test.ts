import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { startTestGateway, type TestGateway } from "../gateway/gateway.ts";
import { type Outcome, runAxonflow } from "./command.ts";

/** A record's sequence, or a head's number, as the store has it. */
const number = "(id & 0xFFFFFFFFFF)";

describe("axonflow audit verify, after somebody was at the store", () => {
  const directory = dataDirectory();
  const anchor = join(directory, "anchor.jsonl");
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway({ AXONFLOW_DATA_DIR: directory, AXONFLOW_ADMIN_KEYS: "test" });
    const env = { AXONFLOW_URL: gateway.grpcUrl, AXONFLOW_LICENSE_KEY: gateway.licenseKey };
    await runAxonflow(["complete", "Echo: hello"], env);
    const signed = ["audit", "show", ...(await lastPlace(env)), "--proof"];
    assert.equal((await runAxonflow(signed, env)).status, 0, "it waits until the call is signed");
    const list = ["audit", "list", "--kind", "checkpoint", "--limit", "1", "--json"];
    const { entries } = JSON.parse((await runAxonflow(list, env)).stdout);
    writeFileSync(anchor, `${entries[0].json}\n`);
    await gateway.app.stop(0);
  });
  after(() => gateway.emulator.close());

  /** Verifies a copy of the data directory in which that was done. */
  const verifyAfter = (sql: string, ...args: string[]): Promise<Outcome> => {
    const tampered = dataDirectory();
    cpSync(join(directory, "audit.db"), join(tampered, "audit.db"));
    const database = new DatabaseSync(join(tampered, "audit.db"));
    database.exec(sql);
    database.close();
    return runAxonflow(["audit", "verify", ...args], { AXONFLOW_DATA_DIR: tampered });
  };

  it("names a record that was taken out", async () => {
    const { status, stdout } = await verifyAfter(`DELETE FROM record WHERE ${number} = 3`);
    assert.equal(status, 1);
    assert.match(stdout, /is not as it was written: 1 problem\.$/m);
    assert.match(
      stdout,
      /^ {2}missing +chain \S+, segment 1, record 3\n +Record 3 is not there\.$/m,
    );
    assert.match(stdout, /Change nothing in the store, and keep a copy of it/);
  });

  it("names a record that was changed, for people and for programs", async () => {
    const change = `UPDATE record SET bytes = CAST(bytes || x'00' AS BLOB) WHERE ${number} = 3`;
    const { status, stdout } = await verifyAfter(change, "--json");
    assert.equal(status, 1);
    const { whole, problems } = JSON.parse(stdout);
    assert.equal(whole, false);
    assert.ok(
      problems.some((problem: Record<string, string>) => {
        return problem.kind === "changed" && problem.sequence === "3";
      }),
      stdout,
    );
  });

  it("finds with an anchor what nothing in the store tells: an end that was taken away", async () => {
    const { heads } = JSON.parse(readFileSync(anchor, "utf8"));
    const last = Number(heads[0].number) - 1;
    const cutOff = `
      DELETE FROM head WHERE ${number} > ${last};
      DELETE FROM record WHERE ${number} > (SELECT last_sequence FROM head ORDER BY id DESC LIMIT 1)`;
    const alone = await verifyAfter(cutOff);
    assert.equal(alone.status, 0, alone.stdout);
    assert.match(alone.stdout, /^No anchor was given/m);
    const anchored = await verifyAfter(cutOff, "--anchor", anchor);
    assert.equal(anchored.status, 1);
    assert.match(anchored.stdout, new RegExp(`Head ${last + 1}, which an anchor has seen, is not`));
  });

  it("says that it compared an anchor where all is as it was", async () => {
    const { status, stdout } = await verifyAfter("", "--anchor", anchor);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^1 anchor was compared\.$/m);
  });
});

async function lastPlace(env: Readonly<Record<string, string>>): Promise<string[]> {
  const { stdout } = await runAxonflow(["audit", "list", "--limit", "1", "--json"], env);
  const [{ position }] = JSON.parse(stdout).entries;
  return [`${position.chain}/${position.sequence}`];
}
