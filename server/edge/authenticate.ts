import { hash, timingSafeEqual } from "node:crypto";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Principal } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import type { LicenseKey } from "../core/license-keys.ts";
import type { KeyRing } from "./keys/key-ring.ts";
import { isDamaged } from "./keys/secret.ts";
import type { PeerCertificate } from "./transport/peer-certificate.ts";

/**
 * Tells who calls by the `authorization` header, or, without one, by the client certificate of the connection, before
 * anything else of the call is read. Throws UNAUTHENTICATED.
 */
export type Authenticate = (
  authorization: string | undefined,
  certificate?: PeerCertificate | undefined,
) => Principal;

/** Who may come in. */
export interface AuthenticateOptions {
  /** The keys of the configuration. */
  readonly configured: readonly LicenseKey[];
  /** The keys of the store. */
  readonly ring: Pick<KeyRing, "find" | "generation">;
  readonly clock: Clock;
  /** Whose client certificates let them in without a key, by an identity of the certificate. */
  readonly certified?: ReadonlyMap<string, Principal> | undefined;
}

/** Somebody who was let in, and until when. */
interface Holder {
  readonly principal: Principal;
  readonly endEpochMs: number | undefined;
}

/** What a key of the configuration is known by: so much of its SHA-256 that no two are taken for each other. */
const shownDigestBytes = 8;

/** Longer ones are refused unread; real keys are far shorter. */
const longestKey = 4096;

/**
 * Compares SHA-256 with SHA-256, so that timing tells nothing about any key: those of the configuration in constant time,
 * all of them always; those of the store by their place in a table, because nobody can steer a SHA-256. A key that was let
 * in is known by itself from then on, until the store's keys change.
 */
export function authenticateBy({
  configured,
  ring,
  clock,
  certified = new Map(),
}: AuthenticateOptions): Authenticate {
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
  return (authorization, certificate) => {
    if (!authorization && certificate) return holderOf(certificate, certified);
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
  const keyId = holder.sha256.toString("hex", 0, shownDigestBytes);
  const belongsTo = tenant !== undefined && { tenant };
  const principal = { name, keyId, ...belongsTo, ...(grants && { grants }) };
  return { principal, endEpochMs: undefined };
}

/** Whoever has several identities is known by the most exact. */
function holderOf(
  { identities, problem }: PeerCertificate,
  certified: ReadonlyMap<string, Principal>,
): Principal {
  if (problem !== undefined) throw unknownCertificate(`is not believed: ${problem}`);
  for (const identity of identities) {
    const principal = certified.get(identity);
    if (principal) return principal;
  }
  const shown = identities.map((identity) => identity.slice(0, longestShown)).slice(0, mostShown);
  throw unknownCertificate(`is not that of anybody here. It says: ${shown.join(", ")}`);
}

/** A certificate may say a lot about its holder. */
const longestShown = 256;
const mostShown = 8;

function unknownCertificate(what: string): GatewayError {
  return new GatewayError(
    Code.Unauthenticated,
    ErrorReason.UNKNOWN_CLIENT_CERTIFICATE,
    `There is no licence key, and the client certificate ${what}. Name it in AXONFLOW_CLIENT_CERTIFICATES, or send the header \`authorization: Bearer <license key>\`.`,
  );
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
