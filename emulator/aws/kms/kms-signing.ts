import { createPublicKey, sign, verify } from "node:crypto";
import type { JsonObject } from "../../json.ts";
import type { AwsAccount } from "../aws-account.ts";
import { AwsError, invalidRequest } from "../aws-error.ts";
import type { JsonOperation } from "../json-service.ts";
import { checkUsable, findKey, keyArn } from "./find-key.ts";
import type { KmsKey } from "./kms-account.ts";
import { signDigest } from "./sign-digest.ts";
import { p256Scalar, signingKey } from "./signing-key.ts";

const messageLimitBytes = 4096;
const digestBytes = 32;

/** The one algorithm that the emulator has for each kind of key. */
const algorithms: Readonly<Record<string, string>> = {
  ECC_NIST_P256: "ECDSA_SHA_256",
  ECC_NIST_EDWARDS25519: "ED25519_SHA_512",
};

/** KMS's operations with keys that sign. A digest can be signed, and verified as a message only. */
export function signingOperations(account: AwsAccount): Readonly<Record<string, JsonOperation>> {
  return {
    Sign(input, call) {
      const key = keyFor(account, input, call);
      const signature = signMessage(key, input);
      return { ...answer(account, key, input), Signature: signature.toString("base64") };
    },
    Verify(input, call) {
      const key = keyFor(account, input, call);
      if (input.MessageType === "DIGEST") throw notHere("Verify with a digest");
      const publicKey = createPublicKey(signingKey(key));
      const signature = bytesOf(input.Signature, "signature");
      if (!verify(hashOf(key), messageOf(input), publicKey, signature)) {
        throw new AwsError("KMSInvalidSignatureException", "");
      }
      return { ...answer(account, key, input), SignatureValid: true };
    },
    GetPublicKey(input, call) {
      const key = findKey(account, input.KeyId, call);
      checkUsable(account, key, call.operation);
      const algorithm = algorithmOf(key, call.operation);
      const der = createPublicKey(signingKey(key)).export({ format: "der", type: "spki" });
      return {
        KeyId: keyArn(account, key),
        PublicKey: der.toString("base64"),
        KeySpec: key.spec,
        CustomerMasterKeySpec: key.spec,
        KeyUsage: "SIGN_VERIFY",
        SigningAlgorithms: [algorithm],
      };
    },
  };
}

function keyFor(
  account: AwsAccount,
  input: JsonObject,
  call: Parameters<JsonOperation>[1],
): KmsKey {
  const key = findKey(account, input.KeyId, call);
  checkUsable(account, key, call.operation);
  const algorithm = algorithmOf(key, call.operation);
  if (input.SigningAlgorithm === algorithm) return key;
  throw new AwsError(
    "InvalidKeyUsageException",
    `Algorithm ${input.SigningAlgorithm} is incompatible with key spec ${key.spec}.`,
  );
}

function algorithmOf(key: KmsKey, operation: string): string {
  const algorithm = algorithms[key.spec];
  if (algorithm) return algorithm;
  throw new AwsError(
    "InvalidKeyUsageException",
    `${key.id} key usage is ENCRYPT_DECRYPT which is not valid for ${operation}.`,
  );
}

function answer(account: AwsAccount, key: KmsKey, input: JsonObject): JsonObject {
  return { KeyId: keyArn(account, key), SigningAlgorithm: input.SigningAlgorithm };
}

function signMessage(key: KmsKey, input: JsonObject): Buffer {
  const message = messageOf(input);
  if (input.MessageType !== "DIGEST") return sign(hashOf(key), message, signingKey(key));
  if (key.spec !== "ECC_NIST_P256") {
    throw invalidRequest("ED25519_SHA_512 requires MessageType:RAW");
  }
  if (message.length !== digestBytes) {
    throw invalidRequest("Digest is invalid length for algorithm ECDSA_SHA_256.");
  }
  return signDigest(p256Scalar(key), message);
}

function messageOf({ Message }: JsonObject): Buffer {
  const message = bytesOf(Message, "message");
  if (message.length <= messageLimitBytes) return message;
  throw invalidRequest(
    "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096",
  );
}

function bytesOf(value: unknown, member: string): Buffer {
  const bytes = Buffer.from(typeof value === "string" ? value : "", "base64");
  if (bytes.length > 0) return bytes;
  throw invalidRequest(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  );
}

/** Ed25519 hashes by itself. */
function hashOf({ spec }: KmsKey): string | null {
  return spec === "ECC_NIST_P256" ? "sha256" : null;
}

function notHere(what: string): AwsError {
  return new AwsError("UnsupportedOperationException", `The emulator does not have ${what}.`);
}
