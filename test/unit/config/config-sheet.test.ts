import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { configJson, configSheet } from "../../../server/config/config-sheet.ts";
import { loadWithOrigins } from "../../../server/config/load.ts";
import { settingsTable } from "../../../server/config/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-sheet-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "gateway.yaml");
writeFileSync(
  file,
  `HttpPort: 9000
BedrockRegion: us-east-1
LicenseKeys: billing=made-up-secret-1,made-up-secret-2
policies:
  - {name: rates, type: rate_limit, limits: {requests_per_minute: 60}}
aliases: {quick: claude-3-haiku}
keys:
  billing: {tenant: acme}
`,
);
const loaded = loadWithOrigins({
  flags: new Map([["AXONFLOW_HOST", { value: "127.0.0.1", where: "--host" }]]),
  env: {
    AXONFLOW_HTTP_PORT: "9001",
    AXONFLOW_HOST: "0.0.0.0",
    OPENAI_API_KEY: "made-up-secret-3",
    AXONFLOW_DATABASE_URL:
      "postgres://gateway:made-up-secret-4@db.example:5432/axonflow?sslmode=verify-full&password=made-up-secret-5",
  },
  file,
});

describe("the sheet of a configuration", () => {
  const sheet = configSheet(loaded, { file, onlyChanged: true }).replaceAll(file, "FILE");
  const rowOf = (name: string) => sheet.split("\n").find((line) => line.startsWith(`${name} `));
  const cells = (name: string) => rowOf(name)?.split(/ {2,}/);

  for (const [name, value, from] of [
    ["Host", "127.0.0.1", "--host (not AXONFLOW_HOST)"],
    ["HttpPort", "9001", "AXONFLOW_HTTP_PORT (not FILE:1)"],
    ["BedrockRegion", "us-east-1", "FILE:2"],
    ["LicenseKeys", "billing,key-2", "FILE:3"],
    ["OPENAI_API_KEY", "(hidden)", "OPENAI_API_KEY"],
    [
      "DatabaseUrl",
      "postgres://gateway@db.example:5432/axonflow?sslmode=verify-full",
      "AXONFLOW_DATABASE_URL",
    ],
  ] as const) {
    it(`tells ${name} and where it comes from`, () =>
      assert.deepEqual(cells(name), [name, value, from]));
  }

  it("shows what only the file says", () => {
    assert.deepEqual(cells("rates"), ["rates", "rate_limit", "FILE:5"]);
    assert.deepEqual(cells("billing"), ["billing", "FILE:8"]);
    assert.deepEqual(cells("quick"), ["quick", "claude-3-haiku"]);
  });

  it("leaves defaults out when asked to, and shows them else", () => {
    const whole = configSheet(loaded, { file, onlyChanged: false });
    assert.equal(rowOf("GrpcPort"), undefined);
    assert.match(whole, /^GrpcPort +50051 +default$/m);
    assert.match(whole, /^BedrockGuardrailId +\(not set\) +default$/m);
  });

  it("has no secret in either form", () => {
    const json = configJson(loaded, { file, onlyChanged: false });
    assert.ok(!`${sheet}${json}`.includes("made-up-secret"));
  });

  it("has every setting in JSON, with its origin", () => {
    const { settings, policies, hash } = JSON.parse(
      configJson(loaded, { file, onlyChanged: false }),
    );
    assert.equal(settings.length, Object.keys(settingsTable).length);
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.deepEqual(policies, [{ name: "rates", type: "rate_limit", where: `${file}:5` }]);
    const port = settings.find(({ env }: { env: string }) => env === "AXONFLOW_HTTP_PORT");
    assert.deepEqual(port, {
      yaml: "HttpPort",
      env: "AXONFLOW_HTTP_PORT",
      value: "9001",
      isSecret: false,
      isReloadable: false,
      origin: { kind: "variable", where: "AXONFLOW_HTTP_PORT" },
      overruled: [{ kind: "file", where: `${file}:1` }],
    });
  });
});

describe("what is shown of a secret", () => {
  for (const [name, value, shown] of [
    ["AXONFLOW_LICENSE_KEYS", "made-up-secret-1", "key-1"],
    ["AXONFLOW_LICENSE_KEYS", "a=made-up-secret-1,, b=made-up-secret-2", "a,b"],
    ["AXONFLOW_LICENSE_KEYS", "a=short", "(hidden)"],
    ["AXONFLOW_DATABASE_URL", "postgres:///axonflow?host=/run/postgresql", "postgres:///axonflow"],
    ["AXONFLOW_DATABASE_URL", "postgres://h/db?sslmode=made%20up%20secret", "postgres://h/db"],
  ] as const) {
    it(`of ${name} is ${shown}`, () => {
      const { settings, found } = loadWithOrigins({ flags: new Map(), env: { [name]: value } });
      const sheet = configSheet({ settings, found }, { file: undefined, onlyChanged: true });
      assert.ok(sheet.includes(`  ${shown}  `), sheet);
      assert.ok(!sheet.includes("made-up-secret"));
    });
  }
});
