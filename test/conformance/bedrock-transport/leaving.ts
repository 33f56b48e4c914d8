import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { FaultPlace } from "../../../emulator/fault-rule.ts";
import type { TransportCase } from "../bedrock-transport-suite.ts";
import { apis, openStage, question, type Stage } from "./stage.ts";

/** What happens when nobody wants the answer any more. */
export function leaving(subject: TransportCase): void {
  describe("takes the request back", () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage(subject);
    });
    afterEach(() => {
      stage.emulator.clearFaults();
      stage.emulator.journal.clear();
    });
    after(() => stage.close());

    const untilLeft = () =>
      stage.emulator.journal.waitFor(({ kind, by }) => kind === "aborted" && by === "peer");
    const untilStalled = () => stage.emulator.journal.waitFor(({ kind }) => kind === "fault");

    for (const api of apis) {
      for (const at of ["response", "first-frame", "mid-stream"] satisfies FaultPlace[]) {
        it(`of a whole answer of ${api} that is silent at ${at}`, async () => {
          stage.emulator.setFaults([{ action: { kind: "stall", at } }]);
          const leave = new AbortController();
          const asked = assert.rejects(stage.transport.whole(question(api), leave.signal));
          await untilStalled();
          leave.abort();
          await Promise.all([asked, untilLeft()]);
        });

        it(`of a stream of ${api} that is silent at ${at}`, async () => {
          stage.emulator.setFaults([{ action: { kind: "stall", at } }]);
          const leave = new AbortController();
          const reading = (async () => {
            const { batches } = await stage.transport.stream(question(api), leave.signal);
            for await (const _ of batches);
          })();
          await untilStalled();
          leave.abort();
          await Promise.all([assert.rejects(reading), untilLeft()]);
        });
      }

      it(`of a stream of ${api} that nobody reads any more`, async () => {
        stage.emulator.setFaults([{ action: { kind: "stall", at: "mid-stream" } }]);
        const leave = new AbortController();
        const { batches } = await stage.transport.stream(question(api), leave.signal);
        await batches[Symbol.asyncIterator]().next();
        leave.abort();
        await untilLeft();
      });
    }

    it("before it was sent", async () => {
      const asked = stage.transport.whole(question("invoke"), AbortSignal.abort());
      await assert.rejects(asked);
      assert.deepEqual(stage.emulator.journal.entries, []);
    });

    it("and answers the next one", async () => {
      const { signal } = new AbortController();
      assert.ok((await stage.transport.whole(question("invoke"), signal)).body);
    });
  });
}
