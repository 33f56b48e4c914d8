import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { startTestGateway, type TestGateway } from "../gateway/gateway.ts";
import { type PostgresServer, startPostgresServer } from "../storage/postgres-server.ts";
import { runAxonflow } from "./command.ts";

describe("axonflow audit, of two gateways over one PostgreSQL", () => {
  const directory = dataDirectory();
  const signingKey = join(directory, "audit-signing.pem");
  let server: PostgresServer;
  let url: string;
  let gateways: readonly TestGateway[];
  before(async () => {
    server = await startPostgresServer();
    url = await server.createDatabase();
    const start = () =>
      startTestGateway({
        AXONFLOW_DATABASE_URL: url,
        AXONFLOW_AUDIT_SIGNING_KEY_FILE: signingKey,
        AXONFLOW_ADMIN_KEYS: "test",
      });
    gateways = [await start(), await start()];
    for (const gateway of gateways) {
      assert.equal((await ask(gateway, "complete", "Echo: hello")).status, 0);
    }
  });
  after(async () => {
    for (const gateway of gateways) await gateway.close();
    await server.close();
  });

  const ask = ({ grpcUrl, licenseKey }: TestGateway, ...args: readonly string[]) =>
    runAxonflow(args, { AXONFLOW_URL: grpcUrl, AXONFLOW_LICENSE_KEY: licenseKey });
  const either = (): TestGateway => {
    const [, second] = gateways;
    assert.ok(second);
    return second;
  };

  it("lists at either what was called at both", async () => {
    const { stdout } = await ask(either(), "audit", "list", "--decision", "allow", "--json");
    const { entries } = JSON.parse(stdout);
    const chains = entries.map(({ position }: { position: { chain: string } }) => position.chain);
    assert.equal(new Set(chains).size, 2);
  });

  it("verifies the database while they run, and names it without its password", async () => {
    const { status, stdout, stderr } = await runAxonflow(["audit", "verify"], {
      AXONFLOW_DATABASE_URL: url,
    });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^The audit log in the PostgreSQL \S+ is whole\.$/m);
    assert.match(stdout, /^ {2}chains +2 /m);
    assert.ok(!stdout.includes(new URL(url).password));
  });

  it("exports both chains while they are written, and the copy is whole", async () => {
    const copy = join(directory, "copy.jsonl");
    const calls = gateways.flatMap((gateway) =>
      Array.from({ length: 3 }, () => ask(gateway, "complete", "Echo: meanwhile")),
    );
    const exported = await ask(either(), "audit", "export", "--out", copy);
    assert.equal(exported.status, 0, exported.stderr);
    await Promise.all(calls);
    const { status, stdout } = await runAxonflow(["audit", "verify", copy]);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^ {2}chains +2 /m);
  });
});
