import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createScanner } from "../../../../../server/policies/pii/scanner.ts";
import { codeLine } from "./ordinary/code.ts";
import { figuresLine } from "./ordinary/figures.ts";
import { logLine } from "./ordinary/logs.ts";
import { ownWords } from "./ordinary/own-words.ts";
import { proseLine } from "./ordinary/prose.ts";
import { createRandom, textOf } from "./ordinary/random.ts";
import { guideEntities } from "./score.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const bytesPerKind = isLong ? 20_000_000 : 600_000;
const seed = 20_261_123;
const { scan } = createScanner({ entities: guideEntities, defaultRegion: "US" });

/** Each finding with what surrounds it. */
function findingsIn(text: string): readonly string[] {
  return scan(text).map(
    ({ entity, start, end }) =>
      `${entity} ${text.slice(start, end)} in ${JSON.stringify(text.slice(start - 60, end + 30))}`,
  );
}

function report(t: TestContext, kind: string, bytes: number, findings: readonly string[]): void {
  t.diagnostic(`${bytes} bytes of ${kind}: ${findings.length} findings`);
  assert.deepEqual(findings.slice(0, 20), []);
}

describe("nothing of the guide's four is found in ordinary text", () => {
  for (const [kind, line] of [
    ["prose", proseLine],
    ["logs", logLine],
    ["code", codeLine],
    ["prices, epochs, UUIDs, hashes and tables", figuresLine],
  ] as const) {
    it(`such as ${kind}`, (t) => {
      const random = createRandom(seed);
      const text = textOf(() => line(random), bytesPerKind);
      report(t, kind, Buffer.byteLength(text), findingsIn(text));
    });
  }

  it("such as the project's own sources and documents", (t) => {
    const texts = ownWords();
    const bytes = texts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    const findings = texts.flatMap(({ path, text }) =>
      findingsIn(text).map((finding) => `${path}: ${finding}`),
    );
    assert.ok(bytes > 500_000, `only ${bytes} bytes`);
    report(t, "sources and documents", bytes, findings);
  });
});
