import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { durationWords } from "../../../client/cli/duration-words.ts";
import { statusSheet } from "../../../client/cli/status-sheet.ts";
import { weightsSheet } from "../../../client/cli/weights-sheet.ts";
import { CircuitState } from "../../../client/sdk/node.ts";
import { GetStatusResponseSchema } from "../../../gen/axonflow/gateway/v1/admin_pb.ts";

describe("the status page", () => {
  it("shows a busy gateway at a glance", () => {
    const status = create(GetStatusResponseSchema, {
      version: "0.1.0",
      uptime: durationFromMs(11_530_000),
      callsInFlight: 4,
      layers: [
        { name: "trace", reason: "Outermost." },
        { name: "router", reason: "Below the deadline." },
      ],
      places: [
        { place: "bedrock/us-east-1", drained: true },
        { place: "openai/global", drained: false },
      ],
      routingWeights: { bedrock: 0.1, openai: 0.9 },
      endpoints: [
        {
          endpoint: "bedrock/us-east-1/m",
          circuit: CircuitState.OPEN,
          probeIn: durationFromMs(4200),
          answered: 10n,
          failed: 7n,
          stream: { p50Ms: 312.4, p99Ms: 1999.6 },
        },
        { endpoint: "openai/global/gpt-4o", circuit: CircuitState.CLOSED, inFlight: 4 },
        { endpoint: "openai/global/o3", circuit: CircuitState.HALF_OPEN },
      ],
      retryBudget: { available: 12.9, refused: 2n },
      idempotency: { running: 1, kept: 3, bytes: 1_572_864n },
    });
    assert.equal(
      statusSheet(status),
      `AxonFlow Gateway 0.1.0, up 3 h 12 min, calls under way: 4
retries: 12 can be made, 2 were refused
answers by idempotency-key: 3 kept, 1 under way, 1.5 MiB

PLACE              NEW CALLS
bedrock/us-east-1  drained
openai/global      serving

PROVIDER  WEIGHT   SHARE
openai       0.9  90.0 %  ██████████████████░░
bedrock      0.1  10.0 %  ██░░░░░░░░░░░░░░░░░░

ENDPOINT              CIRCUIT                        IN FLIGHT  ANSWERED  FAILED  STREAM P50      P99  UNARY P50  P99
bedrock/us-east-1/m   OPEN, tries again in 4 s               0        10       7      312 ms  2000 ms          -    -
openai/global/gpt-4o  closed                                 4         0       0           -        -          -    -
openai/global/o3      half-open, one call is trying          0         0       0           -        -          -    -

layers: trace > router
`,
    );
  });

  it("says what there is not, of a gateway that has just begun", () => {
    const page = statusSheet(create(GetStatusResponseSchema, { version: "0.1.0" }));
    assert.match(page, /up -, calls under way: 0/);
    assert.match(page, /No weights are set/);
    assert.match(page, /No endpoint has been asked yet/);
  });
});

describe("the weights", () => {
  it("show the smallest share, and none where there is none", () => {
    const lines = weightsSheet({ a: 0, b: 1, c: 999 }).split("\n");
    assert.match(lines[1] ?? "", /^c +999 +99\.9 % +█{20}$/);
    assert.match(lines[2] ?? "", /^b +1 +0\.1 % +█░{19}$/);
    assert.match(lines[3] ?? "", /^a +0 +0\.0 % +░{20}$/);
  });
});

describe("a time in words", () => {
  for (const [ms, words] of [
    [-5, "0 s"],
    [499, "0 s"],
    [500, "1 s"],
    [59_000, "59 s"],
    [60_000, "1 min"],
    [3_601_000, "1 h"],
    [3_661_000, "1 h 1 min"],
    [200_000_000, "2 d 7 h"],
  ] as const) {
    it(`${ms} ms is ${words}`, () => assert.equal(durationWords(ms), words));
  }
});
