import { hash, timingSafeEqual } from "node:crypto";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Principal } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import type { LicenseKey } from "../core/license-keys.ts";
import type { KeyRing } from "./keys/key-ring.ts";
import { isDamaged } from "./keys/secret.ts";

/** Tells who calls by the `authorization` header, before anything else of the call is read. Throws UNAUTHENTICATED. */
export type Authenticate = (authorization: string | undefined) => Principal;

/** Who may come in. */
export interface AuthenticateOptions {
  /** The keys of the configuration. */
  readonly configured: readonly LicenseKey[];
  /** The keys of the store. */
  readonly ring: Pick<KeyRing, "find" | "generation">;
  readonly clock: Clock;
}

/** Somebody who was let in, and until when. */
interface Holder {
  readonly principal: Principal;
  readonly endEpochMs: number | undefined;
}

/** Longer ones are refused unread; real keys are far shorter. */
const longestKey = 4096;

/**
 * Compares SHA-256 with SHA-256, so that timing tells nothing about any key: those of the configuration in constant time,
 * all of them always; those of the store by their place in a table, because nobody can steer a SHA-256. A key that was let
 * in is known by itself from then on, until the store's keys change.
 */
export function authenticateBy({ configured, ring, clock }: AuthenticateOptions): Authenticate {
  const letIn = new Map<string, Holder>();
  let generation = ring.generation;
  const find = (key: string): Holder => {
    if (key.length > longestKey) throw invalidKey();
    const sha256 = hash("sha256", key, "buffer");
    const holder = findConfigured(configured, sha256) ?? ring.find(sha256);
    if (!holder) throw isDamaged(key) ? damagedKey() : invalidKey();
    letIn.set(key, holder);
    return holder;
  };
  return (authorization) => {
    const key = /^bearer +(?<key>\S+) *$/i.exec(authorization ?? "")?.groups?.key;
    if (!key) throw missingKey();
    if (generation !== ring.generation) {
      generation = ring.generation;
      letIn.clear();
    }
    const { principal, endEpochMs } = letIn.get(key) ?? find(key);
    if (endEpochMs !== undefined && clock.epochMs() >= endEpochMs) throw endedKey(principal.name);
    return principal;
  };
}

/** Everybody is welcome: only for a gateway on loopback that was told so. */
export const authenticateNobody: Authenticate = () => ({ name: "anonymous" });

function findConfigured(keys: readonly LicenseKey[], sha256: Buffer): Holder | undefined {
  let holder: LicenseKey | undefined;
  for (const candidate of keys) {
    if (timingSafeEqual(candidate.sha256, sha256)) holder = candidate;
  }
  if (!holder) return undefined;
  const { name, tenant, grants } = holder;
  const principal = { name, ...(tenant !== undefined && { tenant }), ...(grants && { grants }) };
  return { principal, endEpochMs: undefined };
}

function missingKey(): GatewayError {
  return new GatewayError(
    Code.Unauthenticated,
    ErrorReason.MISSING_LICENSE_KEY,
    "There is no licence key. Send the header `authorization: Bearer <license key>`.",
  );
}

function invalidKey(): GatewayError {
  return refused(
    "The licence key is not one of this gateway's. Check it, or ask the gateway's operator for one.",
  );
}

function damagedKey(): GatewayError {
  return refused(
    "The licence key is not whole: its last characters do not fit the others. Copy all of it, or ask the gateway's operator for a new one.",
  );
}

/** Only who has the key is told. */
function endedKey(name: string): GatewayError {
  return refused(
    `The licence key ${name} was revoked, or a new one took its place. Ask the gateway's operator for the new one.`,
  );
}

function refused(message: string): GatewayError {
  return new GatewayError(Code.Unauthenticated, ErrorReason.INVALID_LICENSE_KEY, message);
}
