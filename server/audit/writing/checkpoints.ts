import type { AuditStore, StoredHead } from "../../core/audit-store.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import { headHash } from "../chain/hashes.ts";
import type { Signer } from "../keys/signer.ts";
import type { AuditWriter } from "./audit-writer.ts";
import { type CheckpointContent, checkpointText, type SeenHead } from "./checkpoint-text.ts";

/** Signs the chain's head again and again. */
export interface Checkpoints {
  /** Signs what is not signed yet, now. Resolves when the checkpoint is durable; rejects when it cannot be had. */
  sign(): Promise<void>;
  close(): void;
}

export interface CheckpointsOptions {
  readonly writer: AuditWriter;
  readonly store: Pick<AuditStore, "lastHeads">;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a record goes without a signature. */
  readonly everyMs: number;
  /** Takes each checkpoint elsewhere, where nobody who owns the store can change it. */
  readonly onCheckpoint?: ((checkpoint: CheckpointContent) => void) | undefined;
}

/** Other chains whose heads one checkpoint holds; those that were written to last. */
const mostWitnessed = 63;

/** How often other chains are looked at. */
const witnessEveryMs = 60_000;

/** A chain to which nothing else is written shows in this way that its process lives, and its days end. */
const aliveEveryMs = 12 * 60 * 60 * 1000;

/**
 * A checkpoint is a record like others, so it cannot be taken out unseen; as it also holds the heads of other chains, none
 * of them can be taken away as a whole. One that only covers the checkpoint before it is made twice a day.
 */
export function createCheckpoints(options: CheckpointsOptions): Checkpoints {
  const { writer, store, signer, clock, log, everyMs, onCheckpoint } = options;
  let signed = 0;
  let others: readonly SeenHead[] = [];
  let lookAgainMs = 0;
  let signAgainMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;
  let disarm = () => {};

  const sign = async () => {
    const own = writer.lastHead;
    if (!own || (own.number === signed && clock.now() < signAgainMs)) return;
    if (clock.now() >= lookAgainMs) {
      others = await seenHeads(store, own.writer);
      lookAgainMs = clock.now() + witnessEveryMs;
    }
    const heads = [seenHead(own), ...others];
    const epochMs = Math.floor(clock.epochMs());
    const signature = await signer.sign(checkpointText({ epochMs, heads }));
    const checkpoint: CheckpointContent = {
      epochMs,
      heads,
      keyId: signer.keyId,
      algorithm: signer.algorithm,
      publicKey: signer.publicKey.toString("base64"),
      signature: signature.toString("base64"),
    };
    const about = { kind: "checkpoint", requestId: "", tenant: undefined } as const;
    await writer.ask({ ...about, text: JSON.stringify(checkpoint) });
    // Of what came after, the checkpoint itself needs no other.
    const last = writer.lastHead ?? own;
    signed = last.lastSequence === own.lastSequence + 1 ? last.number : own.number;
    signAgainMs = clock.now() + aliveEveryMs;
    onCheckpoint?.(checkpoint);
  };

  let isFailing = false;
  const again = () => {
    disarm = clock.after(everyMs, () => {
      sign()
        .then(
          () => {
            isFailing = false;
          },
          (error) => {
            if (!isFailing) log.error({ err: error }, "the audit log's head could not be signed");
            isFailing = true;
          },
        )
        .finally(() => {
          if (!isClosed) again();
        });
    });
  };
  again();
  return {
    sign,
    close() {
      isClosed = true;
      disarm();
    },
  };
}

/** The heads of the chains that were written to last, without one's own. */
export async function seenHeads(
  store: Pick<AuditStore, "lastHeads">,
  own: string,
): Promise<SeenHead[]> {
  const heads = await store.lastHeads(mostWitnessed + 1);
  const others = heads.filter(({ writer }) => writer !== own).slice(0, mostWitnessed);
  return others.map(seenHead);
}

function seenHead({ writer, number, bytes }: StoredHead): SeenHead {
  return { writer, number, hash: headHash(bytes).toString("hex") };
}
