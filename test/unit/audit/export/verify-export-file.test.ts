import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { AuditRefused } from "../../../../server/audit/audit-refused.ts";
import { verifyLog } from "../../../../server/audit/verifying/verify-log.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { writeAuditLog } from "../../../fakes/written-audit-log.ts";
import { copyFile, copyOf, forged, linesOf } from "./copied-log.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const numRuns = isLong ? 2000 : 150;

describe("a copy of an audit log", () => {
  const store = createMemoryAuditStore();
  const file = copyFile();
  let copy: Buffer;
  let lines: string[];
  before(async () => {
    await writeAuditLog(store);
    copy = await copyOf(store);
    lines = linesOf(copy);
  });
  after(() => file.remove());

  it("is whole, and has all that the log has", async () => {
    const report = await file.verify(copy);
    assert.deepEqual(report.problems, []);
    const { counts } = await verifyLog({ store });
    assert.deepEqual(report.counts, counts);
    assert.ok(counts.records > 50 && counts.segments >= 4);
  });

  it("that was cut off at any byte is told from one that was changed", async () => {
    const cuts = fc.integer({ min: 0, max: copy.length - 1 });
    await fc.assert(
      fc.asyncProperty(cuts, async (end) => {
        const { problems, isCutOff } = await file.verify(copy.subarray(0, end));
        assert.ok(isCutOff);
        assert.deepEqual(
          problems.map(({ kind, writer }) => [kind, writer]),
          [["missing", ""]],
          JSON.stringify(problems),
        );
        assert.match(problems[0]?.message ?? "", /ends after \d+ whole lines .* cut off/);
      }),
      { numRuns },
    );
  });

  it("that was changed before it was cut off is both", async () => {
    const at = lines.findIndex((line) => line.startsWith('{"record"'));
    const without = lines.toSpliced(at, 1).slice(0, -1).join("\n").concat("\n");
    const { problems, isCutOff } = await file.verify(Buffer.from(without));
    assert.ok(isCutOff);
    assert.ok(problems.some(({ sequence, kind }) => sequence === 1 && kind === "missing"));
  });

  it("has a byte that was changed found, whatever byte it is", async () => {
    const bits = fc.integer({ min: 0, max: 8 * copy.length - 1 });
    await fc.assert(
      fc.asyncProperty(bits, async (bit) => {
        const changed = Buffer.from(copy);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const report = await file.verify(changed).catch((error) => error);
        assert.ok(report instanceof AuditRefused || !report.isWhole);
      }),
      { numRuns },
    );
  });

  it("has bytes found that were taken out or put in, and ends with a report or a refusal", async () => {
    const places = fc.nat(copy.length - 1);
    await fc.assert(
      fc.asyncProperty(places, fc.nat(300), fc.uint8Array(), async (at, taken, put) => {
        const parts = [copy.subarray(0, at), Buffer.from(put), copy.subarray(at + taken)];
        const changed = Buffer.concat(parts);
        fc.pre(!changed.equals(copy));
        const report = await file.verify(changed).catch((error) => error);
        assert.ok(report instanceof AuditRefused || report.isWhole === false, String(report));
      }),
      { numRuns },
    );
  });

  describe("that somebody made anew who knows its form", () => {
    const rowsOf = (name: string) =>
      lines.flatMap((line, at) => (line.startsWith(`{"${name}"`) ? [at] : []));
    const anyRow = () => {
      const rows = ["record", "head", "key"].flatMap(rowsOf);
      return fc.nat(rows.length - 1).map((index) => rows[index] ?? 0);
    };
    const rowAt = (at: number) => Object.values(JSON.parse(lines[at] ?? "{}"))[0] as Row;
    interface Row {
      readonly writer: string;
      readonly segment: number;
      readonly number?: number;
      readonly sequence?: number;
      readonly bytes: string;
    }
    /** Whether a problem is about what stands in that line. */
    const isAbout = (at: number, problems: readonly Problem[]) => {
      const { writer, segment, sequence, number } = rowAt(at);
      return problems.some(
        (problem) =>
          problem.writer === writer &&
          (sequence === undefined
            ? problem.head === number || (problem.segment === segment && problem.key === number)
            : problem.sequence === sequence),
      );
    };
    type Problem = Awaited<ReturnType<typeof file.verify>>["problems"][number];

    it("has each row that was dropped named", async () => {
      await fc.assert(
        fc.asyncProperty(anyRow(), async (at) => {
          const { problems } = await file.verify(forged(lines.toSpliced(at, 1)));
          assert.ok(isAbout(at, problems), `${lines[at]}: ${JSON.stringify(problems)}`);
        }),
        { numRuns },
      );
    });

    it("has a bit of each row's bytes named", async () => {
      await fc.assert(
        fc.asyncProperty(anyRow(), fc.nat(), async (at, bit) => {
          const row = rowAt(at);
          const bytes = Buffer.from(row.bytes, "base64");
          const byte = (bit >> 3) % bytes.length;
          bytes[byte] = (bytes[byte] ?? 0) ^ (1 << (bit & 7));
          const [name] = Object.keys(JSON.parse(lines[at] ?? "{}"));
          const line = JSON.stringify({
            [name ?? ""]: { ...row, bytes: bytes.toString("base64") },
          });
          const { problems } = await file.verify(forged(lines.with(at, line)));
          assert.ok(isAbout(at, problems), `${line}: ${JSON.stringify(problems)}`);
        }),
        { numRuns },
      );
    });

    it("has a number found that stands beside the bytes, whatever it is now", async () => {
      const rows = ["record", "head", "key", "segment"].flatMap(rowsOf);
      const numbers = fc.oneof(fc.nat(100), fc.maxSafeInteger());
      await fc.assert(
        fc.asyncProperty(fc.nat(rows.length - 1), fc.nat(), numbers, async (index, name, value) => {
          const at = rows[index] ?? 0;
          const [[is, row] = ["", {}]] = Object.entries<object>(JSON.parse(lines[at] ?? "{}"));
          const fields = Object.entries(row).filter(([, each]) => typeof each === "number");
          const [field = "", before] = fields[name % fields.length] ?? [];
          fc.pre(before !== value);
          const line = JSON.stringify({ [is]: { ...row, [field]: value } });
          const { isWhole } = await file.verify(forged(lines.with(at, line)));
          assert.ok(!isWhole, `${line} in place of ${field} ${before}`);
        }),
        { numRuns },
      );
    });

    it("has each row that stands there twice named by its line", async () => {
      await fc.assert(
        fc.asyncProperty(anyRow(), async (at) => {
          const twice = lines.toSpliced(at, 0, lines[at] ?? "");
          const { problems } = await file.verify(forged(twice));
          const [first, ...others] = problems;
          assert.equal(first?.kind, "misplaced");
          assert.match(first?.message ?? "", new RegExp(`^Line ${at + 2}: .* once more\\.$`));
          assert.deepEqual(others, []);
        }),
        { numRuns },
      );
    });

    it("has each row that stands elsewhere among its own named by its line", async () => {
      await fc.assert(
        fc.asyncProperty(anyRow(), fc.integer({ min: -20, max: 20 }), async (at, by) => {
          const name = lines[at]?.slice(0, 6) ?? "";
          const to = at + by;
          const between = lines.slice(Math.min(at, to), Math.max(at, to) + 1);
          fc.pre(to >= 0 && by !== 0 && between.every((line) => line.startsWith(name)));
          const moved = lines.toSpliced(at, 1).toSpliced(to, 0, lines[at] ?? "");
          const { problems } = await file.verify(forged(moved));
          // Of two neighbours that changed places, either was moved.
          const places = Math.abs(by) === 1 ? [at + 1, to + 1] : [to + 1];
          const isNamed = problems.some(
            ({ kind, message }) =>
              kind === "misplaced" && places.some((line) => message.startsWith(`Line ${line}: `)),
          );
          assert.ok(isNamed, `${at} to ${to}: ${JSON.stringify(problems)}`);
        }),
        { numRuns },
      );
    });

    it("has a chain's end that is taken away named by who saw it", async () => {
      const chains = [...new Set(rowsOf("head").map((at) => rowAt(at).writer))];
      const ended = chains.find((writer) => lines.some((line) => speaksOf(line, writer)));
      const lastHead = rowsOf("head").findLast((at) => rowAt(at).writer === ended) ?? 0;
      const firstRecordGone = (rowAt(lastHead - 1) as never as { lastSequence: number })
        .lastSequence;
      const kept = lines.filter((_, at) => {
        if (at === lastHead) return false;
        const row = rowAt(at);
        return row.writer !== ended || (row.sequence ?? 0) <= firstRecordGone;
      });
      const { problems } = await file.verify(forged(kept));
      assert.ok(
        problems.some(
          ({ kind, writer, message }) =>
            kind === "missing" && writer === ended && /has seen/.test(message),
        ),
        JSON.stringify(problems),
      );
    });
  });

  it("is refused when the file is none, or is of a later form", async () => {
    const refused = (text: string) => assert.rejects(() => file.verify(Buffer.from(text)));
    await assert.rejects(() => file.verify(Buffer.from("hello\nworld\n")), /is no copy/);
    await assert.rejects(() => file.verify(Buffer.from("hello")), /is no copy/);
    await assert.rejects(
      () => file.verify(Buffer.from('{"form":"axonflow-audit-export/2"}\n')),
      /has the form axonflow-audit-export\/2, and this version of axonflow reads .*\/1/,
    );
    await refused('{"end":{"lines":0,"sha256":""}}\n');
  });
});

/** Whether another chain's beginning or checkpoint speaks of this chain. */
function speaksOf(line: string, writer: string): boolean {
  const { record } = JSON.parse(line);
  if (record === undefined || record.writer === writer) return false;
  return Buffer.from(record.bytes, "base64").includes(writer);
}
