import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { containerOf, ofType } from "./cloudformation-stack.ts";
import { type Manifest, readDeployFile } from "./manifests.ts";

describe("the alarms of the CloudFormation template", () => {
  it("watches metrics that the gateway has, by labels that its collector keeps", () => {
    const instruments =
      readDeployFile("../server/telemetry/semconv.ts") + readDeployFile("../docs/telemetry.md");
    const collector = containerOf("collector");
    const configuration = parse(collector.Environment[0].Value);
    const declarations: Manifest[] = configuration.exporters.awsemf.metric_declarations;
    const metrics = ofType("AWS::CloudWatch::Alarm").flatMap(([, { Properties }]) => [
      ...(Properties.Metrics ?? []).flatMap(({ MetricStat }: Manifest) => MetricStat?.Metric ?? []),
      ...(Properties.Namespace === "AxonFlow/Gateway" ? [Properties] : []),
    ]);
    assert.ok(metrics.length >= 8);
    for (const { MetricName, Dimensions } of metrics) {
      const family = MetricName.replace(/\.(?:p50|p99|refused|uncounted)$/, "");
      assert.ok(instruments.includes(family), MetricName);
      const labels = Dimensions.map(({ Name }: Manifest) => Name);
      const declared = declarations.some(
        ({ dimensions, metric_name_selectors }) =>
          JSON.stringify(dimensions) === JSON.stringify([labels]) &&
          metric_name_selectors.some((selector: string) => new RegExp(selector).test(MetricName)),
      );
      assert.ok(declared, `${MetricName} by ${labels}`);
    }
  });
});
