import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyRotationStatusCommand,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  VerifyCommand,
} from "@aws-sdk/client-kms";
import {
  ed25519KeyId,
  goodAccount,
  sealingKeyId,
  signingKeyId,
} from "../../../../emulator/aws/aws-account.ts";
import { type AwsEmulator, createAwsEmulator } from "../../../../emulator/aws/aws-emulator.ts";
import type { AwsFaultAction } from "../../../../emulator/aws/aws-faults.ts";
import { clientSettings, startAws } from "./clients.ts";

describe("the emulated KMS, asked by the real SDK", () => {
  let aws: AwsEmulator;
  let kms: KMSClient;
  before(async () => {
    ({ aws, kms } = await startAws());
  });
  beforeEach(() => {
    Object.assign(aws.account, goodAccount());
    aws.clearFaults();
  });
  after(() => aws.close());
  const context = { tenant: "clinic", segment: "7" };
  const dataKey = (KeyId = "alias/axonflow-audit") =>
    kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext: context }));

  it("makes a data key, and opens its sealed form in the same context whatever its order", async () => {
    const { Plaintext, CiphertextBlob, KeyId } = await dataKey();
    assert.equal(Plaintext?.length, 32);
    assert.equal(KeyId, `arn:aws:kms:us-east-1:123456789012:key/${sealingKeyId}`);
    const turned = { segment: "7", tenant: "clinic" };
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob, EncryptionContext: turned, KeyId: sealingKeyId }),
    );
    assert.deepEqual(opened.Plaintext, Plaintext);
  });

  it("opens what an emulator before it sealed", async () => {
    const sealed = await kms.send(
      new EncryptCommand({ KeyId: sealingKeyId, Plaintext: Buffer.from("kept") }),
    );
    const later = await startAws();
    try {
      const opened = await later.kms.send(
        new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }),
      );
      assert.equal(Buffer.from(opened.Plaintext ?? []).toString(), "kept");
    } finally {
      await later.aws.close();
    }
  });

  it("does not open in another context, nor a changed blob, nor by another key", async () => {
    const { CiphertextBlob = new Uint8Array() } = await dataKey();
    const refused = (changes: object, name: string) =>
      assert.rejects(
        kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context, ...changes })),
        { name },
      );
    await refused({ EncryptionContext: { tenant: "other" } }, "InvalidCiphertextException");
    const changed = Uint8Array.from(CiphertextBlob);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await refused({ CiphertextBlob: changed }, "InvalidCiphertextException");
    await refused({ CiphertextBlob: new Uint8Array(9) }, "InvalidCiphertextException");
    await refused({ KeyId: signingKeyId }, "IncorrectKeyException");
  });

  const states = [
    ["Disabled", "DisabledException"],
    ["PendingDeletion", "KMSInvalidStateException"],
    ["Unavailable", "KMSInvalidStateException"],
  ] as const;
  for (const [state, name] of states) {
    it(`answers ${name} to the use of a key that is ${state}, and still describes it`, async () => {
      for (const key of aws.account.kms.keys) key.state = state;
      await assert.rejects(dataKey(), { name });
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: sealingKeyId }));
      assert.equal(KeyMetadata?.KeyState, state);
      assert.equal(KeyMetadata?.Enabled, false);
    });
  }

  it("denies what the key's policy denies, and knows no other keys and no other regions", async () => {
    for (const key of aws.account.kms.keys) key.denies = ["GenerateDataKey"];
    await assert.rejects(dataKey(), {
      name: "AccessDeniedException",
      message: /kms:GenerateDataKey on resource: arn:aws:kms:us-east-1/,
    });
    await assert.rejects(dataKey("alias/other"), { name: "NotFoundException" });
    const arn = `arn:aws:kms:eu-central-1:123456789012:key/${sealingKeyId}`;
    await assert.rejects(dataKey(arn), { name: "NotFoundException" });
    Object.assign(aws.account, goodAccount());
    await assert.rejects(dataKey(signingKeyId), { name: "InvalidKeyUsageException" });
  });

  it("tells whether a key rotates", async () => {
    const status = () => kms.send(new GetKeyRotationStatusCommand({ KeyId: sealingKeyId }));
    const { KeyRotationEnabled, RotationPeriodInDays } = await status();
    assert.deepEqual([KeyRotationEnabled, RotationPeriodInDays], [true, 365]);
    for (const key of aws.account.kms.keys) key.rotates = false;
    assert.equal((await status()).KeyRotationEnabled, false);
  });

  const message = Buffer.from("the root of a checkpoint");
  const digest = createHash("sha256").update(message).digest();
  const publicKeyOf = async (KeyId: string) => {
    const { PublicKey = new Uint8Array() } = await kms.send(new GetPublicKeyCommand({ KeyId }));
    return createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
  };
  const signings = [
    [signingKeyId, "ECDSA_SHA_256", "RAW", message, "sha256"],
    [signingKeyId, "ECDSA_SHA_256", "DIGEST", digest, "sha256"],
    [ed25519KeyId, "ED25519_SHA_512", "RAW", message, null],
  ] as const;
  for (const [KeyId, SigningAlgorithm, MessageType, Message, hash] of signings) {
    it(`signs by ${SigningAlgorithm} over ${MessageType} what the public key verifies`, async () => {
      const { Signature = new Uint8Array() } = await kms.send(
        new SignCommand({ KeyId, SigningAlgorithm, MessageType, Message }),
      );
      assert.equal(verify(hash, message, await publicKeyOf(KeyId), Signature), true);
      const ask = (Message: Uint8Array) =>
        kms.send(new VerifyCommand({ KeyId, SigningAlgorithm, Message, Signature }));
      assert.equal((await ask(message)).SignatureValid, true);
      await assert.rejects(ask(digest), { name: "KMSInvalidSignatureException" });
    });
  }

  it("refuses to sign by another algorithm, and digests and messages of a wrong length", async () => {
    const refused = (input: object, name: string) =>
      assert.rejects(
        kms.send(
          new SignCommand({
            KeyId: signingKeyId,
            SigningAlgorithm: "ECDSA_SHA_256",
            Message: message,
            ...input,
          }),
        ),
        { name },
      );
    await refused({ SigningAlgorithm: "ED25519_SHA_512" }, "InvalidKeyUsageException");
    await refused({ KeyId: sealingKeyId }, "InvalidKeyUsageException");
    await refused({ MessageType: "DIGEST" }, "ValidationException");
    await refused({ Message: Buffer.alloc(4097) }, "ValidationException");
    const ed25519 = { KeyId: ed25519KeyId, SigningAlgorithm: "ED25519_SHA_512" };
    await refused({ ...ed25519, MessageType: "DIGEST" }, "ValidationException");
  });

  const mishaps: readonly (readonly [AwsFaultAction, object])[] = [
    [{ kind: "throttle" }, { name: "ThrottlingException" }],
    [{ kind: "server-error" }, { name: "InternalFailure" }],
    [{ kind: "access-denied" }, { name: "AccessDeniedException" }],
    [{ kind: "reset" }, { code: "ECONNRESET" }],
    [{ kind: "error", code: "KeyUnavailableException" }, { name: "KeyUnavailableException" }],
  ];
  for (const [action, error] of mishaps) {
    it(`goes wrong on command: ${JSON.stringify(action)}`, async () => {
      aws.setFaults([{ service: "kms", operation: "GenerateDataKey", times: 1, action }]);
      await assert.rejects(dataKey(), error);
      await dataKey();
      await kms.send(new DescribeKeyCommand({ KeyId: sealingKeyId }));
    });
  }

  it("is silent on command, until the caller leaves", async () => {
    aws.setFaults([{ operation: "GenerateDataKey", action: { kind: "stall" } }]);
    const leaving = new AbortController();
    const asked = kms.send(
      new GenerateDataKeyCommand({ KeyId: sealingKeyId, KeySpec: "AES_256" }),
      { abortSignal: leaving.signal },
    );
    await kms.send(new DescribeKeyCommand({ KeyId: sealingKeyId }));
    leaving.abort();
    await assert.rejects(asked, { name: "AbortError" });
  });

  it("refuses connections while it is down, and comes back at the same address", async () => {
    await aws.goDown();
    kms = new KMSClient(clientSettings(aws.url));
    const ask = () => kms.send(new DescribeKeyCommand({ KeyId: sealingKeyId }));
    await assert.rejects(ask(), { code: "ECONNREFUSED" });
    await aws.restore();
    await ask();
  });

  it("lets nobody in with another key, a wrong secret, or a date that is long past", async () => {
    const ask = async (settings: object, name: string) => {
      const client = new KMSClient({ ...clientSettings(aws.url), ...settings });
      await assert.rejects(client.send(new DescribeKeyCommand({ KeyId: sealingKeyId })), { name });
    };
    const key = (accessKeyId: string, secretAccessKey: string) => ({
      credentials: { accessKeyId, secretAccessKey },
    });
    await ask(key("stranger", "emulator"), "UnrecognizedClientException");
    await ask(key("emulator", "guessed"), "InvalidSignatureException");
    const early = await createAwsEmulator({ now: () => Date.now() - 3_600_000 });
    await ask({ endpoint: early.url }, "InvalidSignatureException");
    await early.close();
  });

  it("is steered over HTTP: faults, the account, the calls", async () => {
    const door = (path: string, method = "GET", body?: unknown) =>
      fetch(`${aws.url}/_emulator${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    await door("/faults", "PUT", [{ service: "kms", action: { kind: "throttle" } }]);
    await assert.rejects(dataKey(), { name: "ThrottlingException" });
    await door("/faults", "DELETE");
    await door("/account", "PUT", { accountId: "210987654321" });
    assert.match((await dataKey()).KeyId ?? "", /:210987654321:/);
    const calls = (await (await door("/calls")).json()) as { operation: string }[];
    assert.equal(calls.at(-1)?.operation, "GenerateDataKey");
    const refused = await door("/faults", "POST", { action: { kind: "flood" } });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /action\.kind is not one of throttle/);
  });
});
