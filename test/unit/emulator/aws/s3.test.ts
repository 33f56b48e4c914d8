import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, describe, it } from "node:test";
import {
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyStatusCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { goodAccount } from "../../../../emulator/aws/aws-account.ts";
import type { AwsEmulator } from "../../../../emulator/aws/aws-emulator.ts";
import { s3Bucket } from "../../../../emulator/aws/s3/s3-account.ts";
import { clientSettings, startAws } from "./clients.ts";

const toLoopback: LookupFunction = (_host, { all }, done) =>
  all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
const Bucket = "axonflow-audit";

describe("the emulated S3, asked by the real SDK", () => {
  let aws: AwsEmulator;
  let s3: S3Client;
  before(async () => {
    ({ aws, s3 } = await startAws());
  });
  beforeEach(() => {
    Object.assign(aws.account, goodAccount());
    aws.clearFaults();
  });
  after(() => aws.close());
  const put = (Key: string, Body: string | Buffer | Readable, more: object = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const get = async (Key: string, VersionId?: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    return (await Body?.transformToString()) ?? "";
  };

  it("keeps what it is given, with the checksum that the SDK sends by itself", async () => {
    const stored = await put("a b/ä+(1).json", "one", { Metadata: { chain: "w1" } });
    assert.equal(stored.ChecksumCRC32, "emyG8Q==");
    assert.equal(await get("a b/ä+(1).json"), "one");
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "a b/ä+(1).json" }));
    assert.deepEqual([head.ContentLength, head.Metadata?.chain], [3, "w1"]);
  });

  it("takes a stream in aws-chunked framing, with its checksum behind it", async () => {
    const piece = Buffer.alloc(40_000, "x");
    const body = Readable.from([piece, piece, piece]);
    await put("streamed", body, { ContentLength: 120_000 });
    const { request } = aws.calls.at(-1) ?? assert.fail();
    assert.match(request.headers["content-encoding"] ?? "", /aws-chunked/);
    assert.equal(request.headers["x-amz-trailer"], "x-amz-checksum-crc32");
    assert.equal((await get("streamed")).length, 120_000);
  });

  it("answers BadDigest to a checksum that is not the body's", async () => {
    await assert.rejects(put("bad", "two", { ChecksumCRC32: "emyG8Q==" }), { name: "BadDigest" });
  });

  it("locks as the bucket does, or as the object wants, and keeps locked versions", async () => {
    const until = new Date(Date.now() + 3_000 * 86_400_000);
    until.setMilliseconds(0);
    const locked = { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: until };
    const { VersionId } = await put("checkpoint", "root", locked);
    const { Retention } = await s3.send(
      new GetObjectRetentionCommand({ Bucket, Key: "checkpoint", VersionId }),
    );
    assert.deepEqual(Retention, { Mode: "COMPLIANCE", RetainUntilDate: until });
    const remove = (VersionId?: string) =>
      s3.send(new DeleteObjectCommand({ Bucket, Key: "checkpoint", VersionId }));
    await assert.rejects(remove(VersionId), { name: "AccessDenied", message: /object lock/ });
    assert.equal((await remove()).DeleteMarker, true);
    await assert.rejects(get("checkpoint"), { name: "NoSuchKey" });
    assert.equal(await get("checkpoint", VersionId), "root");
    const { Versions, DeleteMarkers } = await s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: "checkpoint" }),
    );
    assert.deepEqual([Versions?.length, DeleteMarkers?.length], [1, 1]);
    assert.equal(
      aws.objects(Bucket).find((each) => each.versionId === VersionId)?.key,
      "checkpoint",
    );
    const usual = await put("usual", "x");
    const remover = new DeleteObjectCommand({ Bucket, Key: "usual", VersionId: usual.VersionId });
    await assert.rejects(s3.send(remover), { name: "AccessDenied" });
  });

  it("does not lock where the bucket has no Object Lock", async () => {
    aws.account.s3.buckets = [s3Bucket({ name: Bucket })];
    delete aws.account.s3.buckets[0]?.objectLock;
    const lock = { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: new Date() };
    await assert.rejects(put("x", "x", lock), { name: "InvalidRequest" });
  });

  it("writes only where nothing is, when asked to", async () => {
    await put("once", "first", { IfNoneMatch: "*" });
    await assert.rejects(put("once", "second", { IfNoneMatch: "*" }), {
      name: "PreconditionFailed",
    });
    assert.equal(await get("once"), "first");
  });

  it("lists by prefix, in pages, and folded at a delimiter", async () => {
    for (const name of ["list/a", "list/b", "list/c/1", "list/c/2"]) await put(name, name);
    const list = (more: object) =>
      s3.send(new ListObjectsV2Command({ Bucket, Prefix: "list/", ...more }));
    const first = await list({ MaxKeys: 3 });
    assert.equal(first.IsTruncated, true);
    const second = await list({ ContinuationToken: first.NextContinuationToken });
    const keys = [first, second].flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key));
    assert.deepEqual(keys, ["list/a", "list/b", "list/c/1", "list/c/2"]);
    const folded = await list({ Delimiter: "/" });
    assert.deepEqual(folded.CommonPrefixes, [{ Prefix: "list/c/" }]);
    assert.equal(folded.Contents?.length, 2);
  });

  it("tells how a bucket is set up", async () => {
    const [bucket = assert.fail()] = aws.account.s3.buckets;
    bucket.lifecycle = [{ id: "end", prefix: "tmp/", isEnabled: true, expirationDays: 30 }];
    bucket.isPolicyPublic = false;
    const ask = { Bucket };
    const versioning = await s3.send(new GetBucketVersioningCommand(ask));
    assert.equal(versioning.Status, "Enabled");
    const lock = await s3.send(new GetObjectLockConfigurationCommand(ask));
    assert.deepEqual(lock.ObjectLockConfiguration, {
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: 2555 } },
    });
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand(ask));
    assert.equal(PublicAccessBlockConfiguration?.RestrictPublicBuckets, true);
    const { ServerSideEncryptionConfiguration } = await s3.send(
      new GetBucketEncryptionCommand(ask),
    );
    const rule = ServerSideEncryptionConfiguration?.Rules?.[0];
    assert.equal(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, "aws:kms");
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand(ask));
    assert.equal(Rules?.[0]?.Expiration?.Days, 30);
    const { PolicyStatus } = await s3.send(new GetBucketPolicyStatusCommand(ask));
    assert.equal(PolicyStatus?.IsPublic, false);
  });

  it("says of what was never set that it is not there", async () => {
    aws.account.s3.buckets = [{ name: Bucket, region: "us-east-1", denies: [] }];
    const ask = { Bucket };
    assert.equal((await s3.send(new GetBucketVersioningCommand(ask))).Status, undefined);
    const missing = [
      [new GetObjectLockConfigurationCommand(ask), "ObjectLockConfigurationNotFoundError"],
      [new GetPublicAccessBlockCommand(ask), "NoSuchPublicAccessBlockConfiguration"],
      [new GetBucketEncryptionCommand(ask), "ServerSideEncryptionConfigurationNotFoundError"],
      [new GetBucketLifecycleConfigurationCommand(ask), "NoSuchLifecycleConfiguration"],
      [new GetBucketPolicyStatusCommand(ask), "NoSuchBucketPolicy"],
    ] as const;
    for (const [command, name] of missing) {
      await assert.rejects(s3.send(command as GetPublicAccessBlockCommand), { name });
    }
  });

  it("knows no other buckets, denies what it should, and sends to a bucket's own region", async () => {
    const bucketOf = (name: string) => new HeadBucketCommand({ Bucket: name });
    await assert.rejects(s3.send(bucketOf("other")), { name: "NotFound" });
    const [bucket = assert.fail()] = aws.account.s3.buckets;
    bucket.denies = ["PutObject"];
    await assert.rejects(put("x", "x"), { name: "AccessDenied" });
    bucket.region = "eu-central-1";
    await assert.rejects(get("x"), { name: "PermanentRedirect" });
    const following = new S3Client({ ...clientSettings(aws.url), followRegionRedirects: true });
    assert.equal((await following.send(bucketOf(Bucket))).BucketRegion, "eu-central-1");
  });

  it("takes buckets in front of the host, and asks for a signature", async () => {
    const virtual = new S3Client({
      ...clientSettings(aws.url.replace("127.0.0.1", "localhost")),
      requestHandler: new NodeHttpHandler({
        httpAgent: new Agent({ lookup: toLoopback }),
      }),
    });
    await virtual.send(new PutObjectCommand({ Bucket, Key: "in front", Body: "x" }));
    assert.equal(aws.calls.at(-1)?.request.path.startsWith("/in%20front"), true);
    assert.equal(await get("in front"), "x");
    const unsigned = await new Promise<string>((resolve, reject) => {
      const sent = httpRequest(`${aws.url}/${Bucket}/in%20front`, (answer) =>
        resolve(text(answer)),
      );
      sent.on("error", reject).end();
    });
    assert.match(unsigned, /no signature/);
  });

  const mishaps = [
    ["throttle", "SlowDown"],
    ["server-error", "InternalError"],
    ["access-denied", "AccessDenied"],
  ] as const;
  for (const [kind, name] of mishaps) {
    it(`goes wrong on command: ${name}`, async () => {
      aws.setFaults([{ service: "s3", operation: "PutObject", times: 1, action: { kind } }]);
      await assert.rejects(put("x", "x"), { name });
      await put("x", "x");
    });
  }
});
