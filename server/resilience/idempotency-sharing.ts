import type { Call, RepeatMark } from "../core/call.ts";
import type { AnswerClaim, Claimed, SharedAnswers } from "../core/shared-answers.ts";
import { untilAborted } from "../core/signals.ts";
import type { KeptAnswer, Slot } from "./idempotency-slot.ts";
import { type AnswerSeal, answerSeal } from "./sealed-answer.ts";

/** Answers that several gateways know. */
export interface Sharing {
  readonly answers: SharedAnswers;
  /** How long an answer is kept after its end, in milliseconds. */
  readonly ttlMs: number;
}

/** What the gateways together know of a request. */
export type SharedPlace =
  /** This gateway makes the call; its slot is the others' too. */
  | { readonly kind: "mine"; readonly within: (slot: Slot) => Slot }
  | { readonly kind: "answered"; readonly answer: KeptAnswer }
  /** Its key was used for another request. */
  | { readonly kind: "used" }
  /** Another gateway made the call, and something has changed: look again. */
  | { readonly kind: "again"; readonly within?: undefined };

/** Looks, and waits while another gateway makes the call. Throws when the caller leaves, and LEDGER_UNAVAILABLE. */
export async function shareAnswer(
  { principal, signal }: Call,
  repeat: RepeatMark,
  { answers, ttlMs }: Sharing,
): Promise<SharedPlace> {
  const seal = answerSeal(principal.name, repeat);
  const claimed = await claimFor(signal, answers.claim(seal.name, seal.mark));
  switch (claimed.kind) {
    case "mine":
      return { kind: "mine", within: (slot) => sharedSlot(slot, claimed.claim, seal, ttlMs) };
    case "other":
      return { kind: "used" };
    case "running":
      await untilAborted(answers.changed(seal.name), signal);
      return { kind: "again" };
    case "kept": {
      const answer = seal.open(claimed.sealed);
      if (!answer) throw new Error("a shared answer is not as it was kept");
      return { kind: "answered", answer };
    }
  }
}

/** A name that comes when its caller has left is given back. */
async function claimFor(signal: AbortSignal, claiming: Promise<Claimed>): Promise<Claimed> {
  try {
    return await untilAborted(claiming, signal);
  } catch (error) {
    claiming.then(
      (claimed) => claimed.kind === "mine" && claimed.claim.release(),
      () => {},
    );
    throw error;
  }
}

/** What becomes of the run here becomes known to all. */
function sharedSlot(slot: Slot, claim: AnswerClaim, seal: AnswerSeal, ttlMs: number): Slot {
  let isSettled = false;
  return {
    take: slot.take,
    keep(answer) {
      slot.keep(answer);
      if (!isSettled) claim.keep(seal.seal(answer), ttlMs);
      isSettled = true;
    },
    drop() {
      slot.drop();
      if (!isSettled) claim.release();
      isSettled = true;
    },
  };
}
