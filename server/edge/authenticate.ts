import { hash, timingSafeEqual } from "node:crypto";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Principal } from "../core/call.ts";
import { GatewayError } from "../core/error.ts";
import type { LicenseKey } from "../core/license-keys.ts";

/** Tells who calls by the `authorization` header, before anything else of the call is read. Throws UNAUTHENTICATED. */
export type Authenticate = (authorization: string | undefined) => Principal;

/** Longer ones are refused unread; real keys are far shorter. */
const longestKey = 4096;

/**
 * Compares SHA-256 with SHA-256 in constant time, all keys always, so that timing tells nothing about any of them. A key
 * that was let in is known by itself from then on: finding it takes a hash of V8's, seeded anew in every process.
 */
export function authenticateBy(keys: readonly LicenseKey[]): Authenticate {
  const letIn = new Map<string, Principal>();
  return (authorization) => {
    const key = /^bearer +(?<key>\S+) *$/i.exec(authorization ?? "")?.groups?.key;
    if (!key) throw missingKey();
    const known = letIn.get(key);
    if (known) return known;
    const sha256 = hash("sha256", key.slice(0, longestKey), "buffer");
    let holder: LicenseKey | undefined;
    for (const candidate of keys) {
      if (timingSafeEqual(candidate.sha256, sha256)) holder = candidate;
    }
    if (!holder || key.length > longestKey) throw invalidKey();
    const { name, tenant, grants } = holder;
    const principal: Principal = {
      name,
      ...(tenant !== undefined && { tenant }),
      ...(grants && { grants }),
    };
    letIn.set(key, principal);
    return principal;
  };
}

/** Everybody is welcome: only for a gateway on loopback that was told so. */
export const authenticateNobody: Authenticate = () => ({ name: "anonymous" });

function missingKey(): GatewayError {
  return new GatewayError(
    Code.Unauthenticated,
    ErrorReason.MISSING_LICENSE_KEY,
    "There is no licence key. Send the header `authorization: Bearer <license key>`.",
  );
}

function invalidKey(): GatewayError {
  return new GatewayError(
    Code.Unauthenticated,
    ErrorReason.INVALID_LICENSE_KEY,
    "The licence key is not one of this gateway's. Check it, or ask the gateway's operator for one.",
  );
}
