import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ConfigurationError } from "../../../server/config/configuration-error.ts";
import { loadSettings } from "../../../server/config/load.ts";
import { settingsTable } from "../../../server/config/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-config-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "gateway.yaml");

/** Settings from a file's text, the environment and the command line. */
function load(sources: {
  readonly yaml?: string;
  readonly env?: Record<string, string>;
  readonly flags?: Record<string, string>;
}) {
  const { yaml, env = {}, flags = {} } = sources;
  if (yaml !== undefined) writeFileSync(file, yaml);
  return loadSettings({
    env,
    flags: new Map(
      Object.entries(flags).map(([name, value]) => [name, { value, where: `the flag ${name}` }]),
    ),
    file: yaml === undefined ? undefined : file,
  });
}

function problemsOf(sources: Parameters<typeof load>[0]): string[] {
  try {
    load(sources);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.message.replaceAll(file, "FILE").split("\n");
  }
  assert.fail("the configuration was taken");
}

describe("settings", () => {
  it("have their defaults when nothing is configured", () => {
    const settings = load({});
    assert.deepEqual([settings.httpPort, settings.grpcPort], [8082, 50051]);
    assert.equal(settings.maxMessageBytes, 4 * 1024 * 1024);
    assert.equal(settings.callTimeoutMs, 600_000);
    assert.deepEqual(settings.corsOrigins, []);
    assert.equal(settings.bedrockEnabled, undefined);
    assert.equal(settings.licenseKeys, undefined);
  });

  it("come from the flag before the environment before the file", () => {
    const yaml = "HttpPort: 1\nGrpcPort: 2\nCallTimeoutMs: 3\n";
    const env = { AXONFLOW_HTTP_PORT: "10", AXONFLOW_GRPC_PORT: "20" };
    const settings = load({ yaml, env, flags: { AXONFLOW_HTTP_PORT: "100" } });
    const { httpPort, grpcPort, callTimeoutMs } = settings;
    assert.deepEqual([httpPort, grpcPort, callTimeoutMs], [100, 20, 3]);
  });

  it("left empty in the environment do not hide the file's", () => {
    const settings = load({ yaml: "HttpPort: 1\n", env: { AXONFLOW_HTTP_PORT: "" } });
    assert.equal(settings.httpPort, 1);
  });

  it("may stand in the file by the environment's names too", () => {
    assert.equal(load({ yaml: "LLM_BEDROCK_REGION: eu-west-1\n" }).bedrockRegion, "eu-west-1");
  });

  it("read lists, flags and addresses", () => {
    const env = {
      AXONFLOW_CORS_ORIGINS: " https://a.example , ,https://b.example",
      LLM_BEDROCK_ENABLED: "1",
      LLM_BEDROCK_ENDPOINT_URL: "http://127.0.0.1:9999",
    };
    const settings = load({ env });
    assert.deepEqual(settings.corsOrigins, ["https://a.example", "https://b.example"]);
    assert.equal(settings.bedrockEnabled, true);
    assert.equal(settings.bedrockEndpointUrl, "http://127.0.0.1:9999");
  });

  it("each have a name of their own in either form", () => {
    // The guide writes OPENAI_API_KEY in YAML too: such a name stands for itself.
    const names = Object.values(settingsTable).flatMap(({ env, yaml }) => [
      ...new Set([env, yaml]),
    ]);
    assert.equal(new Set(names).size, names.length);
  });
});

describe("a bad value is named with its place", () => {
  for (const [name, value, expected] of [
    ["AXONFLOW_HTTP_PORT", "65536", "must be a whole number from 0 to 65535"],
    ["OPENAI_API_KEY", "sk my key", "must be of printable ASCII characters without spaces"],
    ["AXONFLOW_HTTP_PORT", "-1", "must be a whole number from 0 to 65535"],
    ["AXONFLOW_GRPC_PORT", "1e3", "must be a whole number from 0 to 65535"],
    ["AXONFLOW_CALL_TIMEOUT_MS", "0", "must be a whole number from 1 to 3600000"],
    ["AXONFLOW_DRAIN_TIMEOUT_MS", "1.5", "must be a whole number from 0 to 3600000"],
    ["AXONFLOW_MAX_MESSAGE_BYTES", "1023", "must be a whole number from 1024 to 67108864"],
    ["LLM_BEDROCK_ENABLED", "yes", "must be true or false"],
    ["LLM_BEDROCK_ENDPOINT_URL", "vpce.example", "must be a URL that begins with https://"],
    ["LLM_BEDROCK_ENDPOINT_URL", "file:///etc", "must be a URL that begins with https://"],
    ["AXONFLOW_AUDIT_RETENTION_DAYS", "0", "must be a whole number from 1 to 36500"],
    ["AXONFLOW_AUDIT_RETENTION_DAYS", "2555.5", "must be a whole number from 1 to 36500"],
    ["AXONFLOW_AUDIT_MODE", "on", "must be one of compliance, performance, off"],
    ["AXONFLOW_AUDIT_EXPORT_URL", "https://bucket", "must be an S3 bucket"],
    ["LOG_LEVEL", "loud", "must be one of trace, debug, info"],
  ] as const) {
    it(`${name}=${value}`, () => {
      const [problem = "", ...others] = problemsOf({ env: { [name]: value } });
      assert.ok(problem.startsWith(`${name} ${expected}`), problem);
      assert.deepEqual(others, []);
    });
  }

  it("in the file with its line", () => {
    const problems = problemsOf({ yaml: "# first\nLogLevel: info\nHttpPort: many\n" });
    assert.deepEqual(problems, ["FILE:3: HttpPort must be a whole number from 0 to 65535"]);
  });

  it("together with every other one", () => {
    const problems = problemsOf({
      yaml: "HttpPort: many\nGrpcPort: few\n",
      env: { LOG_LEVEL: "loud", AXONFLOW_GRPC_PORT: "50051" },
    });
    assert.deepEqual(
      problems.map((problem) => problem.split(" ").slice(0, 2)),
      [
        ["FILE:1:", "HttpPort"],
        ["LOG_LEVEL", "must"],
      ],
    );
  });
});

describe("the file", () => {
  for (const [about, yaml, settings] of [
    [
      "the guide's first example",
      "# Enable Bedrock\nBedrockRegion: us-east-1\nBedrockModel: anthropic.claude-3-5-sonnet-20240620-v1:0\n",
      {
        bedrockRegion: "us-east-1",
        bedrockModel: "anthropic.claude-3-5-sonnet-20240620-v1:0",
      },
    ],
    [
      "the guide's VPC endpoint",
      "BedrockEndpointURL: https://vpce-xxxxx.bedrock-runtime.us-east-1.vpce.amazonaws.com\n",
      {
        bedrockEndpointUrl: "https://vpce-xxxxx.bedrock-runtime.us-east-1.vpce.amazonaws.com",
      },
    ],
    [
      "the guide's audit retention",
      "AuditLogRetentionDays: 2555  # 7 years (HIPAA requirement)\n",
      { auditRetentionDays: 2555, auditMode: "compliance" },
    ],
    ["nothing", "", {}],
    ["a comment", "# nothing yet\n", {}],
    ["a name without a value", "BedrockRegion:\n", { bedrockRegion: undefined }],
  ] as const) {
    it(`may hold ${about}`, () => {
      for (const [name, value] of Object.entries(settings)) {
        assert.equal(Reflect.get(load({ yaml }), name), value, name);
      }
      load({ yaml });
    });
  }

  it("may hold no name that is not a setting: all are told, each with its line", () => {
    const problems = problemsOf({ yaml: "Bedrockregion: us-east-1\nHttpPort: 1\nPort: 8082\n" });
    assert.equal(problems.length, 2);
    assert.match(
      problems[0] ?? "",
      /^FILE:1: Bedrockregion: there is no such setting.*BedrockRegion/,
    );
    assert.match(problems[1] ?? "", /^FILE:3: Port: there is no such setting/);
  });

  for (const [about, yaml, expected] of [
    [
      "a list in place of a value",
      "HttpPort: [1, 2]\n",
      /^FILE:1: HttpPort: must be a single value/,
    ],
    ["a list in place of names", "- HttpPort\n", /^FILE:1: must be a map/],
    ["a text alone", "HttpPort\n", /^FILE:1: must be a map/],
    ["a name twice", "HttpPort: 1\nHttpPort: 2\n", /^FILE:2: /],
    ["two names of one setting", "HttpPort: 1\nAXONFLOW_HTTP_PORT: 2\n", /^FILE:2: .*set twice/],
    ["what is not YAML", "HttpPort: 1\n  Host: a\n", /^FILE:[12]: /],
  ] as const) {
    it(`may not be ${about}`, () => assert.match(problemsOf({ yaml })[0] ?? "", expected));
  }

  it("may leave a feature that is not served empty, as the guide does to switch it off", () => {
    const yaml = 'BedrockRegion: us-east-1\nOPENAI_API_KEY: ""  # Empty = disabled\n';
    assert.equal(load({ yaml }).bedrockRegion, "us-east-1");
  });

  it("is not quoted when it is not YAML: a licence key may stand there", () => {
    const [problem = ""] = problemsOf({ yaml: "LicenseKeys: |x my-secret-license-key\n" });
    assert.match(problem, /^FILE:1: is not YAML/);
    assert.ok(!problem.includes("my-secret"));
  });

  it("and the environment are told all their problems at once, a flag by its own name", () => {
    const problems = problemsOf({
      yaml: "Nope: 1\n",
      env: { LOG_LEVEL: "loud" },
      flags: { AXONFLOW_HTTP_PORT: "99999" },
    });
    assert.equal(problems.length, 3);
    assert.match(problems.join("\n"), /Nope.*the flag AXONFLOW_HTTP_PORT must.*LOG_LEVEL/s);
  });

  it("that is not there is named", () => {
    const missing = join(folder, "missing.yaml");
    assert.throws(
      () => loadSettings({ flags: new Map(), env: {}, file: missing }),
      (error: Error) => error.message === `${missing}: cannot be read (ENOENT)`,
    );
  });

  it("larger than a configuration can be is not read", () => {
    assert.match(problemsOf({ yaml: `#${"x".repeat(1024 * 1024)}` })[0] ?? "", /larger than/);
  });
});
