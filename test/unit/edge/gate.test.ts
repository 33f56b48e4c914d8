import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { GatewayError } from "../../../server/core/error.ts";
import { createGate } from "../../../server/edge/gate.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { isSettled, refusalOf } from "../../fakes/outcomes.ts";

const windowMs = 25_000;

function start() {
  const clock = createManualClock();
  return { clock, gate: createGate({ clock }) };
}

describe("createGate", () => {
  it("counts who is inside, and a visit that leaves twice only once", () => {
    const { gate } = start();
    const first = gate.enter();
    gate.enter();
    assert.equal(gate.visitors, 2);
    first.leave();
    first.leave();
    assert.equal(gate.visitors, 1);
    assert.ok(gate.open);
  });

  it("drains at once when nobody is inside", async () => {
    const { gate, clock } = start();
    await gate.drain(windowMs);
    assert.equal(gate.open, false);
    assert.equal(clock.armed, 0);
  });

  it("refuses newcomers from the first moment of draining, and says when to come back", async () => {
    const { gate } = start();
    gate.enter();
    void gate.drain(windowMs);
    const error = await refusalOf(() => gate.enter());
    assert.equal(error.reason, ErrorReason.DRAINING);
    assert.equal(error.retryAfterMs, 1000);
    assert.equal(gate.visitors, 1);
  });

  it("lets who has not heard of it in while it lingers, though nobody is welcome", async () => {
    const { gate, clock } = start();
    const lingering = gate.linger(5000);
    assert.equal(gate.open, false);
    clock.advance(4999);
    gate.enter();
    assert.equal(await isSettled(lingering), false);
    clock.advance(1);
    await lingering;
    void gate.drain(windowMs);
    assert.equal((await refusalOf(() => gate.enter())).reason, ErrorReason.DRAINING);
    assert.equal(gate.visitors, 1);
  });

  it("lets one in that is owed an answer, however late", async () => {
    const { gate } = start();
    gate.enter();
    void gate.drain(windowMs);
    gate.enter(true);
    assert.equal(gate.visitors, 2);
  });

  it("lets those inside finish, undisturbed", async () => {
    const { gate, clock } = start();
    const reasons: GatewayError[] = [];
    const visit = gate.enter(false, (reason) => reasons.push(reason));
    const drained = gate.drain(windowMs);
    clock.advance(windowMs - 1);
    assert.equal(await isSettled(drained), false);
    assert.deepEqual(reasons, []);
    visit.leave();
    await drained;
    assert.equal(clock.armed, 0);
  });

  it("sends away who stays longer than the window, and waits for them a second more", async () => {
    const { gate, clock } = start();
    const reasons: GatewayError[] = [];
    gate.enter(false, (reason) => reasons.push(reason)).leave();
    const visit = gate.enter(false, (reason) => reasons.push(reason));
    const drained = gate.drain(windowMs);
    clock.advance(windowMs);
    assert.equal(await isSettled(drained), false);
    assert.deepEqual(
      reasons.map(({ reason }) => reason),
      [ErrorReason.DRAINING],
    );
    visit.leave();
    await drained;
    assert.equal(clock.armed, 0);
  });

  it("does not wait for ever for a visitor who never leaves", async () => {
    const { gate, clock } = start();
    gate.enter();
    const drained = gate.drain(0);
    clock.advance(0);
    assert.equal(await isSettled(drained), false);
    clock.advance(999);
    assert.equal(await isSettled(drained), false);
    clock.advance(1);
    await drained;
  });
});
