import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { pino } from "pino";
import { parse } from "yaml";
import { httpStatusOf } from "../../../server/edge/errors.ts";
import { httpEnd } from "../../../server/telemetry/http-attributes.ts";
import { rpcEnd } from "../../../server/telemetry/rpc-attributes.ts";
import { attributes, metricNames, ownMetricNames } from "../../../server/telemetry/semconv.ts";
import { containerOf, ofType, template } from "./cloudformation-stack.ts";
import type { Manifest } from "./manifests.ts";

const namespace = "AxonFlow/Gateway";
const { LoggedErrors } = template.Resources;
const [transformation] = LoggedErrors.Properties.MetricTransformations;
const collector = parse(containerOf("collector").Environment[0].Value);
const declarations: Manifest[] = collector.exporters.awsemf.metric_declarations;
const alarms = ofType("AWS::CloudWatch::Alarm");
/** What the alarms look at in the gateway's own namespace, and the collector brings there. */
const metrics: Manifest[] = alarms
  .flatMap(([, { Properties }]) => [
    ...(Properties.Metrics ?? []).flatMap(({ MetricStat }: Manifest) => MetricStat?.Metric ?? []),
    Properties,
  ])
  .filter(
    ({ Namespace, MetricName }) =>
      Namespace === namespace && MetricName !== transformation.MetricName,
  );
const declarationsOf = (metric: string) =>
  declarations.filter(({ metric_name_selectors }) =>
    metric_name_selectors.some((selector: string) => new RegExp(selector).test(metric)),
  );
/** Whether a call that ended like this is counted by the alarm of failed calls. */
function isCounted(metric: string, end: Manifest): boolean {
  const [
    {
      label_matchers: [matcher],
    } = { label_matchers: [] },
  ] = declarationsOf(metric);
  assert.deepEqual(matcher.label_names, [attributes.errorType]);
  return new RegExp(matcher.regex).test(end[attributes.errorType] ?? "");
}

/** Codes that are no fault of whoever called. */
const failures = [Code.Unavailable, Code.Internal, Code.DataLoss];
const codes = Object.values(Code).filter((code) => typeof code === "number");

describe("the alarms of the CloudFormation template", () => {
  it("watch metrics that the gateway has", () => {
    const { eventLoopDelay, ...others } = metricNames;
    const known: string[] = [others, eventLoopDelay, ownMetricNames].flatMap(Object.values);
    assert.ok(metrics.length >= 7);
    for (const { MetricName } of metrics) assert.ok(known.includes(MetricName), MetricName);
  });

  it("watch them by labels that the collector keeps", () => {
    for (const { MetricName, Dimensions } of metrics) {
      assert.deepEqual(Dimensions, [{ Name: "service.name", Value: "axonflow-gateway" }]);
      const [declaration, ...more] = declarationsOf(MetricName);
      assert.deepEqual(declaration.dimensions, [["service.name"]], MetricName);
      assert.deepEqual(more, []);
    }
    const { Environment } = containerOf("orchestrator");
    assert.ok(!Environment.some(({ Name }: Manifest) => Name === "OTEL_SERVICE_NAME"));
  });

  for (const protocol of ["grpc", "connect"] as const) {
    it(`count calls of ${protocol} that failed through no fault of their callers, and no others`, () => {
      const arrival = { protocol, method: "made-up" } as never;
      const counted = codes.filter((code) =>
        isCounted(metricNames.rpcServerDuration, rpcEnd(arrival, { code }).attributes),
      );
      assert.deepEqual(counted.sort(), failures.toSorted());
      assert.ok(!isCounted(metricNames.rpcServerDuration, rpcEnd(arrival, {}).attributes));
    });
  }

  it("count calls of REST in the same way", () => {
    const counted = codes.filter((code) => {
      const end = httpEnd({ code, httpStatus: httpStatusOf[code], reason: "made-up" });
      return isCounted(metricNames.httpServerDuration, end.attributes);
    });
    assert.deepEqual(counted.sort(), [Code.Unknown, ...failures].toSorted());
  });

  it("count streams of REST that broke after their first line", () => {
    const broken = (code: Code, reason: string) =>
      isCounted(
        metricNames.httpServerDuration,
        httpEnd({ code, httpStatus: 200, reason }).attributes,
      );
    assert.ok(broken(Code.Unavailable, "STREAM_INTERRUPTED"));
    assert.ok(broken(Code.Unavailable, "PROVIDER_TIMEOUT"));
    assert.ok(!broken(Code.DeadlineExceeded, "DEADLINE_EXCEEDED"));
  });

  it("hear of every error in the gateway's log", () => {
    const [, level] =
      /^\{ \$\.level >= (\d+) \}$/.exec(LoggedErrors.Properties.FilterPattern) ?? [];
    const lines = new PassThrough();
    pino(lines).error("made-up");
    assert.equal(JSON.parse(String(lines.read())).level, Number(level));
    assert.equal(transformation.MetricNamespace, namespace);
    assert.ok(
      alarms.some(([, { Properties }]) => Properties.MetricName === transformation.MetricName),
    );
  });

  it("all tell the stack's topic, when they begin and when they end", () => {
    assert.ok(alarms.length >= 10);
    for (const [name, { Properties }] of alarms) {
      assert.deepEqual(Properties.AlarmActions, [{ Ref: "AlarmTopic" }], name);
      assert.deepEqual(Properties.OKActions, [{ Ref: "AlarmTopic" }], name);
    }
  });
});
