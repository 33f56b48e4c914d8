import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { watchFile } from "../../../server/config/watch.ts";
import { createManualClock, type ManualClock } from "../../fakes/manual-clock.ts";

const root = mkdtempSync(join(tmpdir(), "axonflow-watch-"));
after(() => rmSync(root, { recursive: true }));

describe("a watched file", () => {
  let folder: string;
  let path: string;
  let clock: ManualClock;
  let changes: number;
  let end: () => void;
  /** Time for as many looks. */
  const looks = (count: number) => {
    for (let look = 0; look < count; look++) clock.advance(500);
  };
  const watch = () => {
    end = watchFile({ path, clock, changed: () => void changes++ });
  };
  beforeEach(() => {
    folder = mkdtempSync(join(root, "case-"));
    path = join(folder, "gateway.yaml");
    clock = createManualClock();
    changes = 0;
    writeFileSync(path, "a: 1\n");
    // Long ago: clocks of file systems may stand still for some milliseconds.
    utimesSync(path, 1, 1);
  });

  it("that stays as it is tells nobody", () => {
    watch();
    looks(10);
    assert.equal(changes, 0);
  });

  for (const [about, change] of [
    ["saved in place", () => writeFileSync(path, "a: 2\n")],
    ["saved in place with as many bytes", () => writeFileSync(path, "b: 1\n")],
    ["appended to", () => appendFileSync(path, "b: 2\n")],
    [
      "renamed over",
      () => {
        writeFileSync(`${path}.new`, "a: 1\n");
        renameSync(`${path}.new`, path);
      },
    ],
    [
      "removed and written anew",
      () => {
        rmSync(path);
        writeFileSync(path, "a: 2\n");
      },
    ],
  ] as const) {
    it(`${about} tells so once`, () => {
      watch();
      change();
      looks(10);
      assert.equal(changes, 1);
    });
  }

  it("behind a link that is swapped, as Kubernetes does it, tells so once", () => {
    for (const version of ["v1", "v2"]) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, "gateway.yaml"), "a: 1\n");
    }
    symlinkSync("v1", join(folder, "..data"));
    rmSync(path);
    symlinkSync("..data/gateway.yaml", path);
    watch();
    symlinkSync("v2", join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    looks(10);
    assert.equal(changes, 1);
  });

  it("that is being written is left alone until it stays as it is", () => {
    watch();
    truncateSync(path);
    looks(1);
    for (let line = 0; line < 5; line++) {
      appendFileSync(path, `line-${line}: 1\n`);
      looks(1);
      assert.equal(changes, 0);
    }
    looks(1);
    assert.equal(changes, 1);
  });

  it("that is away tells nobody until it is there again", () => {
    watch();
    rmSync(path);
    looks(5);
    assert.equal(changes, 0);
    writeFileSync(path, "a: 2\n");
    looks(2);
    assert.equal(changes, 1);
  });

  it("tells of each change", () => {
    watch();
    for (let change = 1; change <= 3; change++) {
      appendFileSync(path, "x");
      looks(3);
      assert.equal(changes, change);
    }
  });

  it("tells nobody once the watch is ended", () => {
    watch();
    end();
    appendFileSync(path, "x");
    looks(5);
    assert.equal(changes, 0);
  });
});
