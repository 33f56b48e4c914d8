import type { StoredSegment } from "../../core/audit-store.ts";
import { noHash } from "../chain/hashes.ts";
import { decodeSummary } from "../retention/segment-summary.ts";
import type { ChainPlace } from "./chain-place.ts";
import { headRows, recordRows } from "./record-pages.ts";
import type { Verification } from "./verification.ts";
import { verifySegment } from "./verify-segment.ts";

/** Follows one chain from its first segment to its end. */
export async function verifyChain(
  writer: string,
  segments: readonly StoredSegment[],
  verification: Verification,
): Promise<void> {
  const { store, problems, counts } = verification;
  counts.chains += 1;
  const before = verification.beginnings?.get(writer) ?? theVeryBeginning;
  let place = placeAfter({ writer, ...before }, verification);
  let number = before.segment + 1;
  let isLastFollowed = false;
  const follow = async (row: StoredSegment) => {
    counts.segments += 1;
    isLastFollowed = !row.summary;
    if (row.summary) place = skipShredded(row, row.summary, place, verification);
    else await verifySegment({ writer, number, place, row }, verification);
    number += 1;
  };
  const missing = (message: string) =>
    problems.add({ kind: "missing", writer, segment: number, message });
  /** Segments that are not listed, as far as there is anything of them. */
  const followUnlisted = async (end: number) => {
    while (number < end) {
      const next = (await place.heads.peek())?.segment ?? end;
      const following = Math.min(next, end);
      if (number < following) {
        // A number that somebody changed may be any; what is not there at all is said once.
        missing(
          `Segments ${number} to ${following - 1} are not listed, and nothing of them is there.`,
        );
        number = following;
      } else {
        missing(`Segment ${number} is not listed.`);
        await verifySegment({ writer, number, place, row: undefined }, verification);
        isLastFollowed = true;
        number += 1;
      }
    }
  };
  for (const row of segments) {
    await followUnlisted(row.number);
    await follow(row);
  }
  for (let next = await place.heads.peek(); next; next = await place.heads.peek()) {
    // What was written to the last segment since it was followed is for the next verification.
    if (next.segment < number && isLastFollowed) break;
    // A gateway may have begun it since they were listed: its row is as old as its first head.
    const { segment } = next;
    const rows = segment < number ? [] : await store.segments();
    const row = rows.find((row) => row.writer === writer && row.number === segment);
    await followUnlisted(row ? segment : Math.max(segment, number) + 1);
    if (row && segment === number) await follow(row);
  }
  await findWhatNobodyWrote(place, verification);
  counts.unsigned += place.unsigned;
}

const theVeryBeginning = { segment: 0, sequence: 0, head: 0, headHash: noHash };

function placeAfter(
  last: { writer: string; sequence: number; head: number; headHash: Buffer },
  { store }: Verification,
): ChainPlace {
  const { writer, sequence, head, headHash } = last;
  return {
    writer,
    nextSequence: sequence + 1,
    nextHead: head + 1,
    beforeHead: head,
    headHash,
    records: recordRows(store, writer, sequence + 1),
    heads: headRows(store, writer, head + 1),
    unsigned: 0,
    recentHeads: new Map(),
  };
}

/** What its summary says is believed here; that nobody changed it shows when all summaries are looked at. */
function skipShredded(
  { writer, number: segment, firstSequence, startEpochMs }: StoredSegment,
  bytes: Buffer,
  place: ChainPlace,
  verification: Verification,
): ChainPlace {
  const { problems, counts } = verification;
  counts.shreddedSegments += 1;
  const summary = decodeSummary(bytes);
  const isFitting =
    summary?.writer === writer &&
    summary.segment === segment &&
    summary.firstSequence === firstSequence &&
    summary.firstEpochMs === startEpochMs &&
    summary.firstSequence === place.nextSequence;
  if (!isFitting) {
    const message = `What is left of segment ${segment} does not fit its place.`;
    problems.add({ kind: "changed", writer, segment, message });
  }
  if (!summary) return place;
  const { lastSequence: sequence, lastHead: head } = summary;
  const headHash = Buffer.from(summary.lastHeadHash, "hex");
  return placeAfter({ writer, sequence, head, headHash }, verification);
}

/** Records and heads are stored together, so no record can stand after the last head. */
async function findWhatNobodyWrote(
  { writer, records, nextHead: head }: ChainPlace,
  { store, problems }: Verification,
): Promise<void> {
  const first = await records.peek();
  if (!first) return;
  const since = await store.headOver(writer, first.sequence);
  if (since && since.number >= head) return;
  const message = `Head ${head}, over the records from ${first.sequence} on, is not there.`;
  problems.add({ kind: "missing", writer, segment: first.segment, head, message });
  for (let row = await records.take(); row; row = await records.take()) {
    const { sequence, segment } = row;
    const message = `Record ${sequence} stands after the last head.`;
    problems.add({ kind: "unknown", writer, segment, sequence, message });
  }
}
