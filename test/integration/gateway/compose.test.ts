import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { readManifest } from "../../unit/deploy/manifests.ts";
import { type PostgresServer, startPostgresServer } from "../storage/postgres-server.ts";
import { createCallers } from "./callers.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

const deploy = new URL("../../../deploy/compose", import.meta.url).pathname;

describe("the gateway of the compose file, with what prepare.sh makes", () => {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-compose-"));
  const secrets = join(folder, "secrets");
  const secret = (name: string) => readFileSync(join(secrets, name), "utf8").trim();
  const prepare = () =>
    execFileSync("sh", [join(folder, "prepare.sh")], { env: { PATH: process.env.PATH } });
  let emulator: Emulator;
  let postgres: PostgresServer;
  let gateway: GatewayProcess;
  before(async () => {
    cpSync(deploy, folder, {
      recursive: true,
      filter: (path) => !/\/(?:secrets|\.env)$/.test(path),
    });
    prepare();
    emulator = await createEmulator();
    postgres = await startPostgresServer();
    writeFileSync(join(folder, "database_url"), await postgres.createDatabase());
    const { environment } = readManifest("compose/compose.yaml").services.orchestrator;
    const env = Object.entries<string>(environment).map(([name, value]) => [
      name,
      value.replace(/^\$\{\w+:-(.*)\}$/, "$1").replace("/run/secrets/", `${secrets}/`),
    ]);
    gateway = await startGatewayProcess(
      {
        ...Object.fromEntries(env),
        AXONFLOW_DATABASE_URL_FILE: join(folder, "database_url"),
        // Below a file nobody can make a directory: as little as on the image's read-only tree.
        AXONFLOW_DATA_DIR: join(folder, "compose.yaml/data"),
        LLM_BEDROCK_ENDPOINT_URL: emulator.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: "",
      },
      { args: ["--config", join(folder, "gateway.yaml")] },
    );
  });
  after(async () => {
    gateway?.child.kill("SIGTERM");
    await gateway?.exited;
    await postgres?.close();
    await emulator?.close();
    rmSync(folder, { recursive: true });
  });

  it("answers by the key that was made, redacts, and needs no directory to write to", async () => {
    const [, licenseKey = ""] = secret("license_keys").split("=");
    for (const caller of createCallers({ ...gateway, licenseKey })) {
      const { text } = await caller.complete({ prompt: "Repeat: My SSN is 536-22-8726." });
      assert.equal(text, "My SSN is [SSN].");
    }
  });

  it("has secrets that are for one user alone", () => {
    const names = readdirSync(secrets).sort();
    assert.deepEqual(names, Object.keys(readManifest("compose/compose.yaml").secrets).sort());
    for (const name of names) assert.equal(statSync(join(secrets, name)).mode & 0o777, 0o600, name);
    assert.equal(new URL(secret("database_url")).password, secret("postgres_password"));
  });

  it("is never root, and reads its secrets as who it is", () => {
    const [, user = ""] =
      /^AXONFLOW_USER=(\d+:\d+)$/m.exec(readFileSync(join(folder, ".env"), "utf8")) ?? [];
    assert.match(user, /^[1-9]/);
    const { uid, gid } = statSync(join(secrets, "audit_key"));
    assert.equal(`${uid}:${gid}`, user);
  });

  it("keeps its secrets when they are prepared again", () => {
    const before = readdirSync(secrets).map(secret);
    prepare();
    assert.deepEqual(readdirSync(secrets).map(secret), before);
  });
});
