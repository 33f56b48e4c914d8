import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settingsTable } from "../../../server/config/settings.ts";
import { unknownVariables } from "../../../server/config/unknown-variables.ts";

describe("variables that nobody reads", () => {
  for (const [name, near] of [
    ["AXONFLOW_ALOWED_REGIONS", "AXONFLOW_ALLOWED_REGIONS"],
    ["LLM_BEDROCK_FAILOVER_REGIONS", "LLM_BEDROCK_FAILOVER_REGION"],
    ["AXONFLOW_ENVIROMENT", "AXONFLOW_ENVIRONMENT"],
    ["AXONFLOW_LICENCE_KEYS", "AXONFLOW_LICENSE_KEYS"],
  ] as const) {
    it(`are told with the nearest name: ${name}`, () => {
      const [warning = "", ...others] = unknownVariables({ [name]: "made-up-value" });
      assert.equal(warning, `${name} is no setting, so it does nothing. Did you mean ${near}?`);
      assert.deepEqual(others, []);
    });
  }

  it("are told without a guess when nothing looks like them", () =>
    assert.deepEqual(unknownVariables({ LLM_TEMPERATURE_OF_THE_ROOM: "20" }), [
      "LLM_TEMPERATURE_OF_THE_ROOM is no setting, so it does nothing.",
    ]));

  it("are not those of settings, of clients and of other programs", () => {
    const settings = Object.values(settingsTable).map(({ env }) => env);
    const others = "AXONFLOW_LICENSE_KEY AXONFLOW_URL AXONFLOW_CA_FILE AXONFLOW_TEST_LENGTH";
    const files = "AXONFLOW_ENVIRONMENT AXONFLOW_CONFIG_DIR";
    const foreign = "AWS_REGION PATH EMULATOR_PORT MY_AXONFLOW_THING OTEL_SERVICE_NAME";
    const names = [...settings, ...`${others} ${files} ${foreign}`.split(" ")];
    assert.deepEqual(unknownVariables(Object.fromEntries(names.map((name) => [name, "1"]))), []);
  });

  it("are not those that Kubernetes gives beside a service called axonflow", () => {
    const names = ["SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_8082_TCP"];
    const more = ["PORT_8082_TCP_PROTO", "PORT_8082_TCP_PORT", "PORT_8082_TCP_ADDR"];
    const env = [...names, ...more].flatMap((name) => [
      [`AXONFLOW_${name}`, "tcp://10.0.0.1:8082"],
      [`AXONFLOW_GATEWAY_${name}`, "tcp://10.0.0.1:8082"],
    ]);
    assert.deepEqual(unknownVariables(Object.fromEntries(env)), []);
  });
});
