import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import type { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError, reasonName } from "../../../server/core/error.ts";
import type { KeyRecord, KeyStore } from "../../../server/core/key-store.ts";
import { keyRecord } from "../../fakes/key-records.ts";

/** A store of keys under test. */
export interface KeyStoreStage {
  /** The one that is open now. */
  readonly keys: KeyStore;
  /** The time of day, as the store's clock has it. */
  epochMs(): number;
  /** Moves the store's time of day on. */
  advance(byMs: number): void;
  /** Ends properly and opens again. */
  reopen(): Promise<void>;
  /** Takes away what the store keeps its keys in. */
  breakOff(): Promise<void>;
  /** Gives it back. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** What the claims are made of. */
export type KeyStoreWords = ReturnType<typeof keyStoreWords>;

/** The stage is asked for each time: it is opened later. */
export function keyStoreWords(open: () => KeyStoreStage) {
  /** A key of its own in every member. */
  const record = (change: Partial<KeyRecord> = {}): KeyRecord =>
    keyRecord(`key ${randomUUID()}`, {
      sha256: randomBytes(32),
      createdEpochMs: open().epochMs(),
      ...change,
    });
  const created = async (change: Partial<KeyRecord> = {}): Promise<KeyRecord> => {
    const made = record(change);
    await open().keys.create(made);
    return made;
  };
  const found = async ({ id }: KeyRecord): Promise<KeyRecord | undefined> =>
    (await open().keys.list()).find((key) => key.id === id);
  /** One that can take the place of another. */
  const successorOf = ({ name }: KeyRecord, change: Partial<KeyRecord> = {}) =>
    record({ name, ...change });
  /** Whatever a store opens only when it is used is open after this, so that what follows is at the same moment. */
  const warmUp = () => Promise.all(Array.from({ length: 8 }, () => open().keys.list()));
  const isRefused = (answer: Promise<unknown>, reason: ErrorReason) =>
    assert.rejects(answer, (error) => {
      assert(error instanceof GatewayError, String(error));
      assert.equal(reasonName(error.reason), reasonName(reason));
      return true;
    });

  return {
    /** The one that is open now. */
    get stage() {
      return open();
    },
    record,
    created,
    found,
    successorOf,
    warmUp,
    isRefused,
  };
}

/** Amounts that JSON's numbers cannot hold. */
export const everyGrant: KeyRecord["grants"] = {
  providers: ["bedrock", "openai"],
  regions: ["us-*", "eu-west-1"],
  models: ["claude-*"],
  policies: ["careful"],
  budgets: [
    { period: "day", rolling: false, limitNanoUsd: 9_007_199_254_740_993n },
    { period: "month", rolling: true, limitNanoUsd: 2n ** 63n - 1n },
    { period: "minute", rolling: true, limitNanoUsd: 0n },
  ],
  rates: { requestsPerMinute: 60, tokensPerMinute: 123_456_789, concurrentStreams: 0.5 },
};
