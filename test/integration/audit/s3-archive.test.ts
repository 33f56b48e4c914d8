import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { goodAccount } from "../../../emulator/aws/aws-account.ts";
import { type AwsEmulator, createAwsEmulator } from "../../../emulator/aws/aws-emulator.ts";
import type { Archive } from "../../../server/audit/archive/archive.ts";
import { openS3Archive } from "../../../server/audit/archive/s3-archive.ts";

const region = "us-east-1";
const bucket = "axonflow-audit";
const tomorrow = () => Date.now() + 24 * 60 * 60 * 1000;

describe("an archive in S3", () => {
  let aws: AwsEmulator;
  let archive: Archive;
  let client: S3Client;
  before(async () => {
    aws = await createAwsEmulator();
    process.env.AWS_ENDPOINT_URL_S3 = aws.url;
    process.env.AWS_ACCESS_KEY_ID = "emulator";
    process.env.AWS_SECRET_ACCESS_KEY = "emulator";
    archive = await openS3Archive({ url: `s3://${bucket}/log/`, region });
    client = new S3Client({ region, maxAttempts: 1 });
  });
  beforeEach(() => {
    Object.assign(aws.account, goodAccount());
    aws.clearFaults();
  });
  after(async () => {
    delete process.env.AWS_ENDPOINT_URL_S3;
    client.destroy();
    await aws.close();
  });
  const versionsOf = async (name: string) => {
    const Prefix = `log/${name}`;
    const { Versions = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix }),
    );
    return Versions;
  };

  it("holds objects that nobody can change or delete before their time", async () => {
    await archive.put("anchors/a.json", Buffer.from("first"), tomorrow());
    assert.equal(archive.addressOf("anchors/a.json"), `s3://${bucket}/log/anchors/a.json`);
    const [version] = await versionsOf("anchors/a.json");
    const remove = new DeleteObjectCommand({
      Bucket: bucket,
      Key: "log/anchors/a.json",
      VersionId: version?.VersionId,
    });
    await assert.rejects(client.send(remove), { name: "AccessDenied" });
  });

  it("takes the same copy again, and keeps the first", async () => {
    await archive.put("b", Buffer.from("first"), tomorrow());
    await archive.put("b", Buffer.from("second"), tomorrow());
    const versions = await versionsOf("b");
    assert.deepEqual(
      versions.map(({ Size }) => Size),
      [5],
    );
  });

  for (const [claim, spoil, what] of [
    [
      "there is no such bucket",
      () => {
        aws.account.s3.buckets = [];
      },
      /s3:\/\/axonflow-audit\/log\/c could not be written: NoSuchBucket. Create the bucket/,
    ],
    [
      "the bucket has no Object Lock",
      () => {
        for (const each of aws.account.s3.buckets) delete each.objectLock;
      },
      /has no Object Lock/,
    ],
    [
      "the gateway's role may not",
      () => {
        for (const each of aws.account.s3.buckets) each.denies.push("PutObject");
      },
      /Allow the gateway's role s3:PutObject/,
    ],
  ] as const) {
    it(`says what to do when ${claim}`, async () => {
      spoil();
      await assert.rejects(archive.put("c", Buffer.from("x"), tomorrow()), what);
    });
  }

  it("is asked again when S3 is busy", async () => {
    aws.addFault({ operation: "PutObject", times: 2, action: { kind: "throttle" } });
    await archive.put("d", Buffer.from("x"), tomorrow());
    assert.equal((await versionsOf("d")).length, 1);
  });
});
