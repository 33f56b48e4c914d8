import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wishesOf } from "../../../server/telemetry/wishes.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

describe("telemetry is exported", () => {
  for (const [claim, env, traces, metrics] of [
    ["nowhere with nothing set", {}, false, false],
    ["nowhere with variables that are empty", { OTEL_TRACES_EXPORTER: " " }, false, false],
    ["both with an endpoint", endpoint, true, true],
    ["traces alone", { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://c/v1/traces" }, true, false],
    ["metrics alone", { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://c" }, false, true],
    ["traces to the console", { OTEL_TRACES_EXPORTER: "console" }, true, false],
    ["metrics to Prometheus", { OTEL_METRICS_EXPORTER: "prometheus" }, false, true],
    ["no metrics where they are none", { ...endpoint, OTEL_METRICS_EXPORTER: "none" }, true, false],
    ["no traces where they are none", { ...endpoint, OTEL_TRACES_EXPORTER: "none" }, false, true],
    ["nowhere when the SDK is off", { ...endpoint, OTEL_SDK_DISABLED: "TRUE" }, false, false],
    ["as a file says", { OTEL_CONFIG_FILE: "/otel.yaml" }, true, true],
  ] as const) {
    it(claim, () => {
      const { configFile, ...wishes } = wishesOf(env);
      assert.deepEqual(wishes, { traces, metrics });
      assert.equal(configFile, "OTEL_CONFIG_FILE" in env);
    });
  }
});
