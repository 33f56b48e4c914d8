import { randomBytes } from "node:crypto";
import type { JsonObject } from "../../json.ts";
import type { AwsAccount } from "../aws-account.ts";
import { AwsError, invalidRequest } from "../aws-error.ts";
import type { AwsCall, AwsService } from "../aws-service.ts";
import { createJsonService, type JsonOperation } from "../json-service.ts";
import { checkUsable, findKey, keyArn } from "./find-key.ts";
import type { KmsKey } from "./kms-account.ts";
import { signingOperations } from "./kms-signing.ts";
import { keyIdOfBlob, openBlob, sealBlob } from "./sealed-blob.ts";

const encryptLimitBytes = 4096;
const madeAtSeconds = 1_735_689_600;

/** Creates the emulated KMS: envelope encryption, signatures, and what it tells of its keys. */
export function createKmsService(account: AwsAccount): AwsService {
  return createJsonService({
    name: "kms",
    target: "TrentService",
    operations: {
      ...encryptionOperations(account),
      ...signingOperations(account),
      ...descriptions(account),
    },
  });
}

function encryptionOperations(account: AwsAccount): Readonly<Record<string, JsonOperation>> {
  return {
    GenerateDataKey(input, call) {
      const key = sealingKey(account, input, call);
      const plaintext = randomBytes(dataKeyBytes(input));
      return { ...sealed(account, key, plaintext, input), Plaintext: plaintext.toString("base64") };
    },
    Encrypt(input, call) {
      const key = sealingKey(account, input, call);
      const plaintext = Buffer.from(String(input.Plaintext ?? ""), "base64");
      if (plaintext.length < 1 || plaintext.length > encryptLimitBytes) {
        throw invalidRequest("Value at 'plaintext' failed to satisfy constraint: 1 to 4096 bytes");
      }
      return {
        ...sealed(account, key, plaintext, input),
        EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      };
    },
    Decrypt(input, call) {
      const blob = Buffer.from(String(input.CiphertextBlob ?? ""), "base64");
      const key = findKey(account, keyIdOfBlob(blob), call);
      if (input.KeyId !== undefined && findKey(account, input.KeyId, call) !== key) {
        throw new AwsError(
          "IncorrectKeyException",
          "The key ID in the request does not identify a CMK that can perform this operation.",
        );
      }
      checkUsable(account, key, call.operation);
      const plaintext = openBlob(blob, input.EncryptionContext);
      return {
        KeyId: keyArn(account, key),
        Plaintext: plaintext.toString("base64"),
        EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      };
    },
  };
}

function sealingKey(account: AwsAccount, input: JsonObject, call: AwsCall): KmsKey {
  const key = findKey(account, input.KeyId, call);
  checkUsable(account, key, call.operation);
  if (key.spec === "SYMMETRIC_DEFAULT") return key;
  throw new AwsError(
    "InvalidKeyUsageException",
    `${keyArn(account, key)} key usage is SIGN_VERIFY which is not valid for ${call.operation}.`,
  );
}

function sealed(account: AwsAccount, key: KmsKey, plaintext: Buffer, input: JsonObject) {
  const blob = sealBlob(key.id, plaintext, input.EncryptionContext);
  return { KeyId: keyArn(account, key), CiphertextBlob: blob.toString("base64") };
}

function dataKeyBytes({ KeySpec, NumberOfBytes }: JsonObject): number {
  if (KeySpec === "AES_256") return 32;
  if (KeySpec === "AES_128") return 16;
  const bytes = Number(NumberOfBytes);
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= 1024) return bytes;
  throw invalidRequest("Please specify either number of bytes or key spec.");
}

function descriptions(account: AwsAccount): Readonly<Record<string, JsonOperation>> {
  return {
    DescribeKey(input, call) {
      const key = findKey(account, input.KeyId, call);
      if (key.denies.includes(call.operation)) checkUsable(account, key, call.operation);
      return { KeyMetadata: metadata(account, key) };
    },
    GetKeyRotationStatus(input, call) {
      const key = findKey(account, input.KeyId, call);
      if (key.denies.includes(call.operation)) checkUsable(account, key, call.operation);
      if (key.state === "PendingDeletion") checkUsable(account, key, call.operation);
      if (key.spec !== "SYMMETRIC_DEFAULT") {
        throw new AwsError("UnsupportedOperationException", "");
      }
      return {
        KeyId: keyArn(account, key),
        KeyRotationEnabled: key.rotates,
        ...(key.rotates && { RotationPeriodInDays: key.rotationPeriodDays ?? 365 }),
      };
    },
  };
}

function metadata(account: AwsAccount, key: KmsKey): JsonObject {
  const isSymmetric = key.spec === "SYMMETRIC_DEFAULT";
  return {
    AWSAccountId: account.accountId,
    Arn: keyArn(account, key),
    KeyId: key.id,
    CreationDate: madeAtSeconds,
    Enabled: key.state === "Enabled",
    KeyState: key.state,
    KeyManager: key.manager,
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    KeyUsage: isSymmetric ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY",
    MultiRegion: false,
    Origin: "AWS_KMS",
    Description: "",
  };
}
