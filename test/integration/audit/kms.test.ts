import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { goodAccount, sealingKeyId, signingKeyId } from "../../../emulator/aws/aws-account.ts";
import { type AwsEmulator, createAwsEmulator } from "../../../emulator/aws/aws-emulator.ts";
import { openKmsMasterKey } from "../../../server/audit/keys/kms-master-key.ts";
import { openKmsSigner } from "../../../server/audit/keys/kms-signer.ts";
import type { MasterKey } from "../../../server/audit/keys/master-key.ts";
import { type OpenAuditLog, openAuditLog } from "../../../server/audit/open-audit-log.ts";
import { verifyLog } from "../../../server/audit/verifying/verify-log.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { createMemoryAuditStore } from "../../fakes/memory-audit-store.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";

const region = "us-east-1";
const context = { tenant: "clinic", segment: "6f0c/1" };

describe("the audit log's keys in AWS KMS", () => {
  let aws: AwsEmulator;
  before(async () => {
    aws = await createAwsEmulator();
    process.env.AWS_ENDPOINT_URL_KMS = aws.url;
    process.env.AWS_ACCESS_KEY_ID = "emulator";
    process.env.AWS_SECRET_ACCESS_KEY = "emulator";
  });
  beforeEach(() => {
    Object.assign(aws.account, goodAccount());
    aws.clearFaults();
  });
  after(async () => {
    delete process.env.AWS_ENDPOINT_URL_KMS;
    await aws.close();
  });
  const sealing = (keyId = sealingKeyId) => openKmsMasterKey({ keyId, region });

  it("make data keys that open for their tenant and segment alone", async () => {
    const masterKey = await sealing("alias/axonflow-audit");
    assert.match(masterKey.id, /^arn:aws:kms:us-east-1:\d{12}:key\//);
    const { key, wrapped } = await masterKey.generate(context);
    assert.equal(key.length, 32);
    assert.ok(!wrapped.includes(key));
    assert.deepEqual(await masterKey.unwrap(wrapped, context), key);
    for (const other of [
      { ...context, tenant: "bank" },
      { ...context, segment: "6f0c/2" },
    ]) {
      await assert.rejects(masterKey.unwrap(wrapped, other), {
        name: "InvalidCiphertextException",
      });
    }
  });

  it("sign checkpoints that anybody can verify", async () => {
    const store = createMemoryAuditStore();
    const [masterKey, signer] = [
      await sealing(),
      await openKmsSigner({ keyId: signingKeyId, region }),
    ];
    const audit = await open(store, masterKey, signer);
    await call(audit, "clinic");
    await audit.close();
    const report = await verifyLog({
      store,
      trustedKeys: new Set([signer.publicKey.toString("base64")]),
    });
    assert.ok(report.isWhole, report.problems[0]?.message ?? "");
    assert.deepEqual([...report.signers.keys()], [signer.keyId]);
    assert.equal(report.counts.unsigned, 0);
  });

  for (const [claim, spoil, what] of [
    ["is not there", () => "11111111-2222-4333-8444-555555555555", /no such key/],
    ["signs", () => signingKeyId, /SYMMETRIC_DEFAULT/],
    ["is disabled", () => disable(), /disabled/],
    ["is another's", () => deny(), /Allow the gateway's role kms:/],
  ] as const) {
    it(`are refused at the start, with what to do, when the key ${claim}`, async () => {
      await assert.rejects(sealing(spoil()), what);
    });
  }

  it("that encrypt cannot sign", async () => {
    await assert.rejects(
      openKmsSigner({ keyId: sealingKeyId, region }),
      /cannot be used|ECC_NIST_P256/,
    );
  });

  it("may be away: who has a key goes on, who has none is refused, and all of it is there in the end", async () => {
    const store = createMemoryAuditStore();
    const [masterKey, signer] = [
      await sealing(),
      await openKmsSigner({ keyId: signingKeyId, region }),
    ];
    const audit = await open(store, masterKey, signer);
    await call(audit, "clinic");
    await aws.goDown();
    await call(audit, "clinic");
    await assert.rejects(call(audit, "bank"), { name: "GatewayError", message: /audit log/ });
    await aws.restore();
    await call(audit, "bank");
    await audit.close();
    const { isWhole, problems, unfinished } = await verifyLog({ store });
    assert.ok(isWhole, problems[0]?.message ?? "");
    assert.deepEqual(unfinished, []);
    assert.equal(store.rows.records.filter(({ kind }) => kind === 11).length, 3);
  });

  function disable(): string {
    for (const key of aws.account.kms.keys) if (key.id === sealingKeyId) key.state = "Disabled";
    return sealingKeyId;
  }

  function deny(): string {
    aws.addFault({ service: "kms", action: { kind: "access-denied" } });
    return sealingKeyId;
  }
});

function open(
  store: ReturnType<typeof createMemoryAuditStore>,
  masterKey: MasterKey,
  signer: Awaited<ReturnType<typeof openKmsSigner>>,
): Promise<OpenAuditLog> {
  const log = createRecordingLog();
  const options = { mode: "compliance", version: "1.2.3", clock: systemClock, log } as const;
  return openAuditLog({ ...options, store, masterKey, signer });
}

/** A call on record from its intent to its outcome. */
async function call(audit: OpenAuditLog, tenant: string): Promise<void> {
  const about = { requestId: randomUUID(), tenant, content: { call: { rpc: "Complete" } } };
  await audit.intend({ ...about, kind: "intent" });
  await audit.record({ ...about, kind: "outcome" });
}
