import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { createLineWriter } from "../../../../server/shadow/sinks/line-writer.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";

/** Both ends of a pipe that does not block. */
function openPipe(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-lines-"));
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  context.after(() => {
    closeSync(readEnd);
    closeSync(writeEnd);
    rmSync(folder, { recursive: true });
  });
  const read = (): string => {
    const bytes = Buffer.alloc(1024 * 1024);
    try {
      return bytes.toString("utf8", 0, readSync(readEnd, bytes));
    } catch {
      return "";
    }
  };
  return { path, writeEnd, read };
}

const line = (index: number) => `${String(index).padStart(6, "0")} ${"x".repeat(1000)}\n`;

describe("the writer of lines", () => {
  it("writes at once while somebody reads", (context) => {
    const { writeEnd, read } = openPipe(context);
    const clock = createManualClock();
    const { write } = createLineWriter(writeEnd, clock);
    write("one\n");
    write("two\n");
    assert.equal(read(), "one\ntwo\n");
    assert.equal(clock.armed, 0);
  });

  it("never waits for a reader that does not read, loses what is above its limit, and nothing else", async (context) => {
    const { writeEnd, read } = openPipe(context);
    const clock = createManualClock();
    const writer = createLineWriter(writeEnd, clock);
    const taken: string[] = [];
    for (let index = 0; index < 2000; index++) {
      if (writer.write(line(index))) taken.push(line(index));
    }
    assert.ok(taken.length > 1024 && taken.length < 1200, `${taken.length} of 2000 were taken`);
    const closed = writer.close(1000);
    let text = "";
    for (let round = 0; round < 45; round++) {
      text += read();
      clock.advance(20);
    }
    await closed;
    assert.equal(text + read(), taken.join(""));
    assert.equal(clock.armed, 0);
  });

  it("gives up in time what nobody reads", async (context) => {
    const { writeEnd } = openPipe(context);
    const clock = createManualClock();
    const writer = createLineWriter(writeEnd, clock);
    for (let index = 0; index < 200; index++) writer.write(line(index));
    const closed = writer.close(1000);
    clock.advance(1000);
    await closed;
  });

  it("takes a reader that is gone for the end of its lines", () => {
    const { write, close } = createLineWriter(-1, createManualClock());
    assert.equal(write("nobody reads this\n"), true);
    return close(1);
  });
});

/** Writes far more than a pipe holds to its standard output, and ends. */
const writing = `
  import { createLineWriter, openStandardOutput } from ${JSON.stringify(
    import.meta.resolve("../../../../server/shadow/sinks/line-writer.ts"),
  )};
  import { systemClock } from ${JSON.stringify(import.meta.resolve("../../../../server/core/clock.ts"))};
  const { write } = createLineWriter(openStandardOutput(), systemClock);
  for (let count = 0; count < 500; count++) write("x".repeat(1000) + "\\n");
  process.exit(7);
`;

describe("standard output", () => {
  it("that is a pipe which nobody reads does not hold its writer up, nor its end", (context) => {
    const { path, read } = openPipe(context);
    // As a shell opens it: whoever just writes there waits.
    const blocking = openSync(path, constants.O_WRONLY);
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module-typescript", "--eval", writing],
      { stdio: ["ignore", blocking, "pipe"], timeout: 20_000 },
    );
    closeSync(blocking);
    assert.equal(status, 7, String(stderr));
    assert.match(read(), /^x{1000}\n/);
  });
});
