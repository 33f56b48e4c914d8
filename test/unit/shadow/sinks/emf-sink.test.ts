import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createEmfSink } from "../../../../server/shadow/sinks/emf-sink.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { answered, failed, sampleResult } from "../../../fakes/shadow-results.ts";

function writer() {
  const lines: string[] = [];
  return { lines, write: (line: string) => void lines.push(line) };
}

const clock = createManualClock();

describe("the EMF sink", () => {
  it("writes one document per result by CloudWatch's specification", () => {
    const output = writer();
    const sink = createEmfSink({ clock, write: output.write });
    sink.result(sampleResult());
    sink.result(sampleResult({ isSelf: true, shadowProvider: "openai" }));
    sink.result(sampleResult({ shadow: failed, similarity: undefined }));
    sink.dropped("busy");
    assert.equal(output.lines.length, 4);
    for (const line of output.lines) {
      assert.match(line, /^\{.*\}\n$/);
      const { _aws, ...members } = JSON.parse(line);
      assert.ok(Number.isInteger(_aws.Timestamp));
      const [directive, ...others] = _aws.CloudWatchMetrics;
      assert.deepEqual(others, []);
      assert.equal(directive.Namespace, "AxonFlow/LLMShadowMode");
      assert.ok(directive.Metrics.length > 0 && directive.Metrics.length <= 100);
      for (const { Name, Unit } of directive.Metrics) {
        assert.equal(typeof members[Name], "number", Name);
        assert.match(Unit, /^(?:None|Count|Milliseconds)$/);
      }
      assert.ok(directive.Dimensions.length > 0);
      for (const key of directive.Dimensions.flat()) assert.equal(typeof members[key], "string");
    }
  });

  it("gives the guide's metric with both providers and without dimensions, the noise only with them", () => {
    const output = writer();
    const sink = createEmfSink({ clock, write: output.write });
    sink.result(sampleResult());
    sink.result(sampleResult({ isSelf: true, shadowProvider: "openai" }));
    const [total, self] = output.lines.map((line) => JSON.parse(line));
    const setsOf = (line: typeof total) => line._aws.CloudWatchMetrics[0].Dimensions;
    assert.deepEqual(setsOf(total), [["PrimaryProvider", "ShadowProvider"], []]);
    assert.deepEqual(setsOf(self), [["PrimaryProvider", "ShadowProvider"]]);
    assert.equal(total.SimilarityScore, 1);
    assert.deepEqual(
      [total.RequestId, total.PrimaryModel],
      [sampleResult().requestId, "gpt-4-turbo"],
    );
  });

  it("holds no text of any side", () => {
    const output = writer();
    const secret = answered({ text: "Madame Secret lives in Paris." });
    createEmfSink({ clock, write: output.write }).result(
      sampleResult({ primary: secret, shadow: secret }),
    );
    assert.equal(output.lines.length, 1);
    assert.ok(!output.lines.join("").includes("Secret"));
  });
});
