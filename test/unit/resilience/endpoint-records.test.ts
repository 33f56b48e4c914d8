import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createEndpointRecords } from "../../../server/resilience/endpoint-records.ts";
import { sampleEndpoint } from "../../fakes/calls.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";

const endpointIn = (region: string) => sampleEndpoint({ region });

function start(limit?: number) {
  const clock = createManualClock();
  const records = createEndpointRecords({ clock, ...(limit !== undefined && { limit }) });
  const regions = () => records.all().map(({ endpoint }) => endpoint.region);
  return { clock, records, regions };
}

describe("endpoint records", () => {
  it("know nothing of an endpoint that was never asked", () => {
    const { records } = start();
    assert.equal(records.of(endpointIn("a")), undefined);
    assert.deepEqual(records.all(), []);
  });

  it("find an endpoint by what it is, not by the object that says so", () => {
    const { records } = start();
    const record = records.at(endpointIn("a"));
    assert.equal(records.at(endpointIn("a")), record);
    assert.equal(records.of(endpointIn("a")), record);
    assert.notEqual(records.at(endpointIn("b")), record);
  });

  it("count what is under way, answered and failed", () => {
    const { records } = start();
    const record = records.at(endpointIn("a"));
    record.begin();
    record.begin();
    record.answer("unary", 5);
    record.end();
    record.fail();
    assert.deepEqual([record.inFlight, record.answered, record.failed], [1, 1, 1]);
  });

  it("keep whole answers and streams apart", () => {
    const { records } = start();
    const record = records.at(endpointIn("a"));
    for (let count = 0; count < 5; count++) record.answer("stream", 200);
    assert.equal(record.firstEventMs(0.5, "stream"), 200);
    assert.equal(record.firstEventMs(0.5, "unary"), undefined);
  });

  it("tell when an open circuit lets a call try, and only then", () => {
    const { records, clock } = start();
    const record = records.at(endpointIn("a"));
    assert.deepEqual([record.circuit, record.probeAtMs], ["closed", undefined]);
    record.breaker.fail("pass", clock.now(), { failures: 1, openMs: 50, openLimitMs: 50 });
    assert.deepEqual([record.circuit, record.probeAtMs], ["open", clock.now() + 50]);
    clock.advance(50);
    assert.deepEqual([record.circuit, record.probeAtMs], ["half-open", undefined]);
  });

  it("forget the endpoint that nobody has asked for longest, and none that is being asked", () => {
    const { records, regions, clock } = start(3);
    for (const region of ["a", "b", "c"]) {
      records.at(endpointIn(region)).begin();
      clock.advance(1);
    }
    records.at(endpointIn("b")).end();
    records.at(endpointIn("c")).end();
    records.at(endpointIn("d"));
    assert.deepEqual(regions(), ["a", "c", "d"]);
  });

  it("stay within their limit even when every endpoint is being asked", () => {
    const { records, regions } = start(2);
    for (const region of ["a", "b", "c"]) records.at(endpointIn(region)).begin();
    assert.equal(regions().length, 2);
    assert.ok(regions().includes("c"));
  });
});
