import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  encodeChunk,
  encodeEvent,
  encodeExceptionFrame,
} from "../../../../../emulator/event-stream.ts";
import { batchesOf } from "../../../../../server/providers/bedrock/transport/batches.ts";
import { createBody } from "../../../../../server/providers/http/response-body.ts";

const chunk = (value: unknown) => encodeChunk(JSON.stringify(value), "abc");
const exception = encodeExceptionFrame("ThrottlingException", Buffer.from('{"message":"m"}'));

/** The batches that these reads bring, and how it ended. */
async function batchesFrom(reads: readonly Buffer[], failure?: Error) {
  const writer = createBody({ pause() {}, resume() {}, leave() {} });
  for (const read of reads) writer.push(read);
  if (failure) writer.fail(failure);
  else writer.end();
  const batches: unknown[] = [];
  try {
    for await (const batch of batchesOf(writer.body, "invoke")) batches.push(batch);
    return { batches, ending: "end" };
  } catch (error) {
    return { batches, ending: (error as Error).name };
  }
}

describe("the batches of a stream", () => {
  for (const [about, reads, batches, ending] of [
    [
      "hold what came together",
      [Buffer.concat([chunk(1), chunk(2)]), chunk(3)],
      [[1, 2], [3]],
      "end",
    ],
    [
      "leave a frame that is cut to the read that completes it",
      [
        Buffer.concat([chunk(1), chunk(2).subarray(0, 20)]),
        Buffer.concat([chunk(2).subarray(20), chunk(3)]),
      ],
      [[1], [2, 3]],
      "end",
    ],
    ["are none where nothing came", [], [], "end"],
    [
      "are not empty where nobody knows an event",
      [encodeEvent("surprise", {}), chunk(1)],
      [[1]],
      "end",
    ],
    [
      "come before the exception in the same read",
      [Buffer.concat([chunk(1), exception, chunk(2)])],
      [[1]],
      "throttlingException",
    ],
    ["may be an exception at once", [exception], [], "throttlingException"],
    [
      "come before a broken frame in the same read",
      [Buffer.concat([chunk(1), Buffer.alloc(30)])],
      [[1]],
      "GatewayError",
    ],
    [
      "come before a stream's early end",
      [chunk(1), chunk(2).subarray(0, 9)],
      [[1]],
      "GatewayError",
    ],
  ] satisfies [string, Buffer[], unknown[], string][]) {
    it(about, async () => {
      assert.deepEqual(await batchesFrom(reads), { batches, ending });
    });
  }

  it("come before the connection's failure", async () => {
    const failure = Object.assign(new Error("reset"), { name: "Reset" });
    const found = await batchesFrom([chunk(1)], failure);
    assert.deepEqual(found, { batches: [[1]], ending: "Reset" });
  });

  it("fail once, and are over then", async () => {
    const writer = createBody({ pause() {}, resume() {}, leave() {} });
    writer.push(exception);
    const batches = batchesOf(writer.body, "invoke");
    await assert.rejects(batches.next(), { name: "throttlingException" });
    assert.deepEqual(await batches.next(), { done: true, value: undefined });
  });
});
