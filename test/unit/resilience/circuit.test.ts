import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array, assert as checks, constantFrom, property } from "fast-check";
import { type Admission, Circuit } from "../../../server/resilience/circuit.ts";

const options = { failures: 3, openMs: 100, openLimitMs: 350 };

/** A circuit that has opened at 0. */
function opened(): Circuit {
  const circuit = new Circuit();
  for (let count = 0; count < options.failures; count++) circuit.fail("pass", 0, options);
  return circuit;
}

describe("a circuit", () => {
  it("opens at so many failures in a row, not at one less, and not at as many with a success between", () => {
    const circuit = new Circuit();
    circuit.fail("pass", 0, options);
    circuit.fail("pass", 0, options);
    assert.equal(circuit.admit(0), "pass");
    circuit.succeed("pass");
    circuit.fail("pass", 0, options);
    circuit.fail("pass", 0, options);
    assert.equal(circuit.state(0), "closed");
    circuit.fail("pass", 0, options);
    assert.equal(circuit.state(0), "open");
    assert.equal(circuit.admit(99), "refused");
  });

  it("never opens when failures do not count", () => {
    const circuit = new Circuit();
    for (let count = 0; count < 1000; count++) circuit.fail("pass", 0, { ...options, failures: 0 });
    assert.equal(circuit.state(0), "closed");
  });

  it("lets one probe in when its time is over, and closes when that succeeds", () => {
    const circuit = opened();
    assert.equal(circuit.state(100), "half-open");
    assert.deepEqual([circuit.admit(100), circuit.admit(100)], ["probe", "refused"]);
    circuit.succeed("probe");
    assert.equal(circuit.state(100), "closed");
    assert.deepEqual([circuit.admit(100), circuit.admit(100)], ["pass", "pass"]);
  });

  it("stays open twice as long after each probe that fails, up to its limit, and begins anew when it closes", () => {
    const circuit = opened();
    let nowMs = 0;
    for (const openMs of [100, 200, 350, 350]) {
      assert.equal(circuit.admit(nowMs + openMs - 1), "refused");
      nowMs += openMs;
      assert.equal(circuit.admit(nowMs), "probe");
      circuit.fail("probe", nowMs, options);
    }
    circuit.admit(nowMs + 350);
    circuit.succeed("probe");
    for (let count = 0; count < 3; count++) circuit.fail("pass", nowMs, options);
    assert.equal(circuit.probeAtMs, nowMs + 100);
  });

  it("lets the next one be the probe when the last one proved nothing", () => {
    const circuit = opened();
    circuit.admit(100);
    circuit.leave("probe");
    assert.equal(circuit.admit(101), "probe");
  });

  it("is not moved by stragglers from before it opened", () => {
    const circuit = opened();
    circuit.succeed("pass");
    assert.equal(circuit.state(50), "open");
    circuit.fail("pass", 50, options);
    assert.equal(circuit.probeAtMs, 100);
    circuit.admit(100);
    circuit.succeed("pass");
    circuit.fail("pass", 100, options);
    circuit.leave("pass");
    assert.equal(circuit.admit(100), "refused", "the probe is still under way");
  });

  it("has at most one probe under way, whatever happens in which order", () => {
    const step = constantFrom("ask", "ask", "succeed", "fail", "leave", "wait");
    checks(
      property(array(step, { minLength: 50, maxLength: 300, size: "max" }), (steps) => {
        const circuit = new Circuit();
        let underWay: Admission[] = [];
        let nowMs = 0;
        for (const each of steps) {
          if (each === "wait") nowMs += 60;
          else if (each === "ask") {
            const admission = circuit.admit(nowMs);
            const state = circuit.state(nowMs);
            assert.equal(admission === "pass", state === "closed");
            if (admission !== "refused") underWay = [...underWay, admission];
          } else {
            const admission = underWay.pop();
            if (admission === undefined) continue;
            if (each === "succeed") circuit.succeed(admission);
            if (each === "fail") circuit.fail(admission, nowMs, options);
            if (each === "leave") circuit.leave(admission);
          }
          assert.ok(underWay.filter((admission) => admission === "probe").length <= 1);
        }
      }),
      { numRuns: 500 },
    );
  });
});
