import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRoster } from "../../../server/core/roster.ts";

describe("createRoster", () => {
  it("knows who is there, and how many", () => {
    const roster = createRoster<string>();
    const ada = roster.add("Ada");
    roster.add("Bob");
    assert.equal(roster.take(ada), "Ada");
    assert.deepEqual([...roster], ["Bob"]);
    assert.equal(roster.size, 1);
  });

  it("gives a place to somebody else only when it was left, and never grows beyond those at once", () => {
    const roster = createRoster<number>();
    const places = Array.from({ length: 8 }, (_, member) => roster.add(member));
    assert.equal(new Set(places).size, 8);
    for (let member = 8; member < 1000; member++) {
      const leaving = places[(member * 7) % 8] ?? -1;
      assert.notEqual(roster.take(leaving), undefined);
      assert.equal(roster.add(member), leaving);
    }
    assert.equal(roster.size, 8);
  });

  it("takes nobody twice", () => {
    const roster = createRoster<string>();
    const place = roster.add("Ada");
    roster.take(place);
    assert.equal(roster.take(place), undefined);
    assert.equal(roster.take(99), undefined);
    assert.equal(roster.size, 0);
    assert.equal(roster.add("Bob"), place);
    assert.equal(roster.size, 1);
  });

  it("lets members leave while it is gone through, and all at once", () => {
    const roster = createRoster<() => void>();
    const place = roster.add(() => roster.take(place));
    roster.add(() => roster.clear());
    for (const member of roster) member();
    assert.equal(roster.size, 0);
    assert.deepEqual([...roster], []);
  });
});
