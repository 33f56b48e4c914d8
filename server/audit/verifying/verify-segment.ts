import type {
  StoredHead,
  StoredRecord,
  StoredSegment,
  WrappedKey,
} from "../../core/audit-store.ts";
import { headHash } from "../chain/hashes.ts";
import { decodeHead, type Head } from "../chain/head.ts";
import { createGrowingTree, type GrowingTree } from "../chain/merkle-tree.ts";
import { decodeHeader } from "../chain/record.ts";
import type { ChainPlace } from "./chain-place.ts";
import { judgeBatch, type Place } from "./judge-batch.ts";
import { createSegmentChecks, type SegmentChecks } from "./segment-checks.ts";
import type { Verification } from "./verification.ts";

interface SegmentToVerify {
  readonly writer: string;
  readonly number: number;
  readonly place: ChainPlace;
  /** Undefined where it is not listed. */
  readonly row: StoredSegment | undefined;
}

/** A checkpoint signs one of the heads right before it. */
const mostRecentHeads = 10_000;

/** So many are named one by one: a number that somebody changed may be any. */
const mostMissingHeads = 1000;

/** A batch is no larger, keys included; a head that says otherwise was changed. */
const mostInBatch = 20_000;

/** Follows one segment from head to head: are its records those that its roots are over? */
export async function verifySegment(
  { writer, number, place, row }: SegmentToVerify,
  verification: Verification,
): Promise<void> {
  const checks = createSegmentChecks({ writer, segment: number, row, place }, verification);
  let tree = createGrowingTree();
  let keys: readonly WrappedKey[];
  do {
    for (let head = await takeWithin(place, number); head; head = await takeWithin(place, number)) {
      verification.signal?.throwIfAborted();
      tree = await verifyBatch(head, { place, tree, checks, segment: number }, verification);
    }
    keys = await verification.store.keys(writer, number);
    // A gateway may have written meanwhile, and records of these keys with them.
  } while (await isNextWithin(place, number));
  checks.end(keys);
}

async function isNextWithin(place: ChainPlace, segment: number): Promise<boolean> {
  const next = await place.heads.peek();
  return next !== undefined && next.segment <= segment;
}

/** Takes the next head of the segment. */
async function takeWithin(place: ChainPlace, segment: number): Promise<StoredHead | undefined> {
  return (await isNextWithin(place, segment)) ? place.heads.take() : undefined;
}

interface Context {
  readonly place: ChainPlace;
  readonly tree: GrowingTree;
  readonly checks: SegmentChecks;
  readonly segment: number;
}

async function verifyBatch(
  row: StoredHead,
  { place, tree, checks, segment }: Context,
  { problems, counts }: Verification,
): Promise<GrowingTree> {
  const { writer } = place;
  counts.heads += 1;
  for (let named = 0; place.nextHead < row.number; named += 1) {
    const head = place.nextHead;
    const isLast = named === mostMissingHeads;
    const message = isLast
      ? `Heads ${head} to ${row.number - 1} are not there.`
      : `Head ${head} is not there.`;
    problems.add({ kind: "missing", writer, segment, head, message });
    place.nextHead = isLast ? row.number : head + 1;
  }
  const head = decodeHead(row.bytes);
  const isOwn = head !== undefined && says(head, row) && head.segment === segment;
  const firstSequence = place.nextSequence;
  const last = Math.min(row.lastSequence, firstSequence + mostInBatch);
  const places = await takePlaces(place, last);
  const verdict = judgeBatch(tree, places.map(placeOf), head?.root ?? row.bytes);
  const isRightSize = head?.treeSize === verdict.tree.size;
  const named = new Set(verdict.changed);
  for (const { sequence, record } of places) {
    if (!record) {
      problems.add({
        kind: "missing",
        writer,
        segment,
        sequence,
        message: `Record ${sequence} is not there.`,
      });
    } else if (named.has(sequence)) checks.changed(record);
    else checks.whole(record);
  }
  const isNamed = named.size > 0 || places.some(({ record }) => !record);
  if (!verdict.isWhole && !isNamed && isOwn) {
    // The record after the last one would say whether it is that one or the head.
    const lastRecord = places.at(-1)?.record;
    if (lastRecord && !(await place.records.peek())) checks.changed(lastRecord);
    headProblem(row, `Head ${row.number} is not over the records before it.`);
  } else if (!isOwn || (!isRightSize && !isNamed)) {
    headProblem(row, `Head ${row.number} is not as it was written.`);
  }
  await followHead(row, head);
  return verdict.tree;

  function headProblem({ number }: StoredHead, message: string): void {
    problems.add({ kind: "changed", writer, segment, head: number, message });
  }

  /** Of two heads that do not fit, the one after them tells which was changed. */
  async function followHead(own: StoredHead, decoded: Head | undefined): Promise<void> {
    const hash = headHash(own.bytes);
    const isMissing = place.recentHeads.size > 0 && !place.recentHeads.has(own.number - 1);
    if (decoded && !isMissing && !decoded.previous.equals(place.headHash)) {
      const next = decodeHead((await place.heads.peek())?.bytes ?? Buffer.alloc(0));
      const isIntact = next?.previous.equals(hash) ?? false;
      const before = own.number - 1;
      if (!isIntact || !next)
        headProblem(own, `Head ${own.number} does not follow head ${before}.`);
      if ((isIntact || !next) && before > 0) {
        const message = `Head ${before} is not the one that head ${own.number} follows.`;
        problems.add({ kind: "changed", writer, segment, head: before, message });
      }
    }
    place.headHash = hash;
    place.nextHead = own.number + 1;
    place.recentHeads.set(own.number, {
      hash: hash.toString("hex"),
      lastSequence: own.lastSequence,
    });
    place.recentHeads.delete(own.number - mostRecentHeads);
  }
}

function says(head: Head, row: StoredHead): boolean {
  return (
    head.writer === row.writer &&
    head.number === row.number &&
    head.segment === row.segment &&
    head.lastSequence === row.lastSequence &&
    head.epochMs === row.epochMs
  );
}

interface TakenPlace {
  readonly sequence: number;
  readonly record: StoredRecord | undefined;
  readonly next: StoredRecord | undefined;
}

/** All places up to a sequence, each with what stands after it. */
async function takePlaces(place: ChainPlace, lastSequence: number): Promise<TakenPlace[]> {
  const taken: TakenPlace[] = [];
  for (; place.nextSequence <= lastSequence; place.nextSequence += 1) {
    const sequence = place.nextSequence;
    const isThere = (await place.records.peek())?.sequence === sequence;
    const record = isThere ? await place.records.take() : undefined;
    const after = await place.records.peek();
    taken.push({ sequence, record, next: after?.sequence === sequence + 1 ? after : undefined });
  }
  return taken;
}

function placeOf({ sequence, record, next }: TakenPlace): Place {
  const claimed = next && decodeHeader(next.bytes)?.previous;
  return { sequence, bytes: record?.bytes, claimed };
}
