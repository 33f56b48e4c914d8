import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadSettings } from "../../../server/config/load.ts";
import { settingsTable } from "../../../server/config/settings.ts";
import { unknownVariables } from "../../../server/config/unknown-variables.ts";
import { readDeployFile, readManifest } from "./manifests.ts";

const compose = readManifest("compose/compose.yaml");
const collector = readManifest("compose/collector.yaml");
const { orchestrator, postgres } = compose.services;
const configuration = new URL("../../../deploy/compose/gateway.yaml", import.meta.url).pathname;
/** What the operator's own environment says, if anything. */
const passedOn = "$" + "{}";
const milliseconds = (text: string) =>
  Number.parseInt(text, 10) * (text.endsWith("m") ? 60_000 : 1000);

describe("the compose file", () => {
  it("takes the guide's variables under the guide's names", () => {
    for (const name of [
      "LLM_BEDROCK_ENABLED",
      "LLM_BEDROCK_REGION",
      "LLM_BEDROCK_MODEL",
      "AWS_REGION",
    ]) {
      assert.ok(name in orchestrator.environment, name);
    }
    assert.ok(orchestrator.volumes.includes("~/.aws:/home/axonflow/.aws:ro"));
  });

  it("sets nothing that the gateway does not read", () => {
    assert.deepEqual(unknownVariables(orchestrator.environment), []);
    const foreign = Object.keys(orchestrator.environment).filter(
      (name) => !/^(AXONFLOW|LLM|AWS|OTEL|OPENAI)_|^LOG_LEVEL$/.test(name),
    );
    assert.deepEqual(foreign, []);
  });

  it("starts where the operator's own environment is empty", () => {
    const filled = Object.entries<string>(orchestrator.environment).map(([name, value]) => [
      name,
      value.replace(/^\$\{\w+:-(.*)\}$/, "$1"),
    ]);
    const open = filled.filter(([, value]) => !value?.startsWith("/run/secrets/"));
    const env = { ...Object.fromEntries(open), AXONFLOW_LICENSE_KEYS: "ops=made-up-key" };
    const settings = loadSettings({ flags: new Map(), env, file: configuration });
    assert.equal(settings.bedrockModel, "us.anthropic.claude-sonnet-4-6");
    assert.equal(settings.shadowMode, false);
    assert.equal(settings.openaiApiKey, undefined);
    assert.deepEqual(settings.bedrockFailoverRegions, []);
  });

  it("keeps every secret in a file, and none in itself", () => {
    const secrets = Object.values(settingsTable).filter(({ isSecret }) => isSecret);
    for (const { env } of secrets) {
      assert.match(orchestrator.environment[env] ?? passedOn, /^\$\{\w*(:-)?\}$/, env);
    }
    for (const [name, value] of Object.entries<string>(orchestrator.environment)) {
      const [, secret] = /^\/run\/secrets\/(\w+)$/.exec(value) ?? [];
      if (secret) assert.ok(orchestrator.secrets.includes(secret), `${name}: ${secret}`);
    }
    for (const [name, { file }] of Object.entries<{ file: string }>(compose.secrets)) {
      assert.equal(file, `./secrets/${name}`);
      assert.match(readDeployFile("compose/prepare.sh"), new RegExp(`make_secret ${name} `));
    }
    assert.match(readDeployFile("compose/.gitignore"), /^secrets\/$/m);
  });

  for (const [name, service] of Object.entries<Record<string, unknown>>(compose.services)) {
    it(`gives ${name} no rights that it does not need`, () => {
      assert.equal(service.read_only, true);
      assert.deepEqual(service.cap_drop, ["ALL"]);
      assert.deepEqual(service.security_opt, ["no-new-privileges:true"]);
      assert.ok(service.restart);
      assert.ok(!service.privileged);
      assert.doesNotMatch(String(service.image), /:latest\b/);
    });
  }

  it("opens ports to this machine alone", () => {
    for (const { ports = [] } of Object.values<{ ports?: string[] }>(compose.services)) {
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/);
    }
    assert.equal(postgres.ports, undefined);
    assert.equal(compose.networks.inside.internal, true);
  });

  it("waits for the drain, and for the end after it, before it kills", () => {
    const drainMs = Number(orchestrator.environment.AXONFLOW_DRAIN_TIMEOUT_MS);
    assert.ok(milliseconds(orchestrator.stop_grace_period) > drainMs + 10_000);
  });

  it("gives the gateway a configuration that it takes", () => {
    const settings = loadSettings({ flags: new Map(), env: {}, file: configuration });
    assert.deepEqual(
      settings.policies.map(({ policy }) => policy.name),
      ["pii-filter", "daily-budget-limit"],
    );
  });

  it("has a collector whose pipelines name what is configured", () => {
    for (const pipeline of Object.values<Record<string, string[]>>(collector.service.pipelines)) {
      for (const [kind, names] of Object.entries(pipeline)) {
        for (const name of names) assert.ok(name in collector[kind], `${kind}: ${name}`);
      }
    }
    const [, port] = /:(\d+)$/.exec(orchestrator.environment.OTEL_EXPORTER_OTLP_ENDPOINT) ?? [];
    assert.match(collector.receivers.otlp.protocols.http.endpoint, new RegExp(`:${port}$`));
  });
});
