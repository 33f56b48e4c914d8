import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { goodAccount, sealingKeyId, signingKeyId } from "../../../emulator/aws/aws-account.ts";
import { type AwsEmulator, createAwsEmulator } from "../../../emulator/aws/aws-emulator.ts";
import { openKmsMasterKey } from "../../../server/audit/keys/kms-master-key.ts";
import { verifyLog } from "../../../server/audit/verifying/verify-log.ts";
import type { CheckpointContent } from "../../../server/audit/writing/checkpoint-text.ts";
import type { AuditStore } from "../../../server/core/audit-store.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { openSqliteAuditStore } from "../../../server/storage/sqlite/audit/open-sqlite-audit-store.ts";
import { readLog } from "../../fakes/audit-world.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { createContractCaller } from "./contract-caller.ts";
import { CallError, type DoorCaller } from "./door-caller.ts";
import { startTestGateway } from "./gateway.ts";

const region = "us-east-1";
const keys = { clinic: "clinic-license-key-1", lab: "lab-license-key-1" };
const tenants = "keys: {clinic: {tenant: clinic}, lab: {tenant: lab}}";

/** A gateway whose audit log is sealed and signed by KMS and copied to S3, each of them emulated. */
async function gatewayOverAws(env: Readonly<Record<string, string>>) {
  const directory = dataDirectory();
  const settings = {
    AXONFLOW_DATA_DIR: directory,
    AXONFLOW_LICENSE_KEYS: `clinic=${keys.clinic},lab=${keys.lab}`,
    ...env,
  };
  const gateway = await startTestGateway(settings, undefined, tenants);
  const caller = (name: keyof typeof keys) =>
    createContractCaller("gRPC", "grpc", gateway.grpcUrl, keys[name]);
  const stored = async <T>(look: (store: AuditStore) => Promise<T>): Promise<T> => {
    const store = await openSqliteAuditStore({ directory, clock: systemClock, readOnly: true });
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  };
  return { gateway, caller, stored };
}

const ask = (caller: DoorCaller) => caller.complete({ prompt: "Hello?" });

describe("a gateway's audit log in AWS", () => {
  let aws: AwsEmulator;
  let s3: S3Client;
  before(async () => {
    aws = await createAwsEmulator();
    process.env.AWS_ENDPOINT_URL_KMS = aws.url;
    process.env.AWS_ENDPOINT_URL_S3 = aws.url;
    process.env.AWS_ACCESS_KEY_ID = "emulator";
    process.env.AWS_SECRET_ACCESS_KEY = "emulator";
    s3 = new S3Client({ region, maxAttempts: 1 });
  });
  beforeEach(() => {
    Object.assign(aws.account, goodAccount());
    aws.clearFaults();
  });
  after(async () => {
    delete process.env.AWS_ENDPOINT_URL_KMS;
    delete process.env.AWS_ENDPOINT_URL_S3;
    s3.destroy();
    await aws.close();
  });

  it("while KMS is down, goes on for whom it has a key, refuses others before any model is asked, and recovers by itself", async (t) => {
    const { gateway, caller, stored } = await gatewayOverAws({
      AXONFLOW_AUDIT_KEY_FILE: "",
      AXONFLOW_AUDIT_KMS_KEY_ID: sealingKeyId,
      AXONFLOW_AUDIT_KMS_SIGNING_KEY_ID: signingKeyId,
    });
    let closing: Promise<void> | undefined;
    const close = () => (closing ??= gateway.close());
    t.after(close);
    const answers = [await ask(caller("clinic"))];

    aws.addFault({ service: "kms", action: { kind: "reset" } });
    answers.push(await ask(caller("clinic")));
    const asked = gateway.emulator.requests.length;
    let refused = "";
    await assert.rejects(ask(caller("lab")), (error) => {
      assert.ok(error instanceof CallError);
      refused = error.requestId;
      assert.deepEqual([error.code, error.reason], ["UNAVAILABLE", "AUDIT_UNAVAILABLE"]);
      assert.ok(error.retryAfterMs, "it says when to ask again");
      return true;
    });
    assert.equal(gateway.emulator.requests.length, asked, "no audit, no call");

    aws.clearFaults();
    answers.push(await ask(caller("lab")));
    await close();
    const masterKey = await openKmsMasterKey({ keyId: sealingKeyId, region });
    await stored(async (store) => {
      const report = await verifyLog({ store });
      assert.deepEqual([report.problems, report.unfinished], [[], []]);
      assert.equal(report.counts.unsigned, 0);
      const records = await readLog(store, masterKey);
      const ended = records.filter(({ kind }) => kind === "outcome");
      assert.deepEqual(
        ended.map(({ requestId }) => requestId).toSorted(),
        [...answers.map(({ requestId }) => requestId), refused].toSorted(),
      );
      assert.ok(ended.every(({ content }) => content?.result));
    });
  });

  it("leaves its signed head in a bucket, by which a log that was cut off is found", async (t) => {
    const { gateway, caller, stored } = await gatewayOverAws({
      AXONFLOW_AUDIT_EXPORT_URL: "s3://axonflow-audit/log",
    });
    let closing: Promise<void> | undefined;
    const close = () => (closing ??= gateway.close());
    t.after(close);
    await ask(caller("clinic"));
    await close();
    const bucket = { Bucket: "axonflow-audit" };
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ ...bucket, Prefix: "log/anchors/" }),
    );
    const anchors: CheckpointContent[] = [];
    for (const { Key } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ ...bucket, Key }));
      anchors.push(JSON.parse((await Body?.transformToString()) ?? ""));
    }
    assert.equal(anchors.length, 1);
    await stored(async (store) => {
      assert.ok((await verifyLog({ store, anchors })).isWhole);
      const cut: AuditStore = { ...store, heads: async () => [], records: async () => [] };
      const { problems } = await verifyLog({ store: cut, anchors });
      assert.ok(problems.some(({ message }) => message.includes("an anchor")));
    });
  });

  it("is served though the bucket is not there, since the log itself is whole", async (t) => {
    aws.account.s3.buckets = [];
    const { gateway, caller } = await gatewayOverAws({
      AXONFLOW_AUDIT_EXPORT_URL: "s3://axonflow-audit/log",
    });
    t.after(() => gateway.close());
    assert.ok((await ask(caller("clinic"))).text);
  });
});
