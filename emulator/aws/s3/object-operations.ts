import { AwsError } from "../aws-error.ts";
import type { AwsReply } from "../aws-service.ts";
import { xmlReply } from "./bucket-operations.ts";
import { listObjects, listVersions } from "./list-objects.ts";
import { readBody } from "./read-body.ts";
import type { S3Bucket } from "./s3-account.ts";
import type { S3Address } from "./s3-address.ts";
import type { S3Objects, S3Version } from "./s3-objects.ts";
import type { S3Operation } from "./s3-service.ts";

/** Headers that S3 keeps with an object and gives back. */
const keptHeaders =
  /^(?:content-type|cache-control|content-disposition|x-amz-meta-.+|x-amz-server-side-encryption.*)$/;
const nothing = Buffer.alloc(0);

/** S3's operations on objects. */
export function objectOperations(objects: S3Objects): Readonly<Record<string, S3Operation>> {
  const find = (bucket: S3Bucket, address: S3Address) => findVersion(objects, bucket, address);
  return {
    PutObject: (call) => putObject(objects, call),
    GetObject({ bucket, address }) {
      const version = find(bucket, address);
      return { status: 200, headers: headersOf(version), body: version.body };
    },
    HeadObject({ bucket, address }) {
      const version = find(bucket, address);
      const length = { "Content-Length": version.body.length };
      return { status: 200, headers: { ...headersOf(version), ...length }, body: nothing };
    },
    GetObjectRetention({ bucket, address }) {
      const { lock } = find(bucket, address);
      if (!lock) throw new AwsError("NoSuchObjectLockConfiguration", "No lock", 404);
      const until = new Date(lock.untilMs).toISOString();
      return xmlReply("Retention", { Mode: lock.mode, RetainUntilDate: until });
    },
    DeleteObject({ bucket, address }) {
      const versionId = address.query.get("versionId") ?? undefined;
      const removed = objects.remove(bucket, address.key, versionId);
      return {
        status: 204,
        headers: {
          ...(removed?.isDeleteMarker && { "x-amz-delete-marker": "true" }),
          ...(removed && { "x-amz-version-id": removed.versionId }),
        },
        body: nothing,
      };
    },
    ListObjectsV2: ({ bucket, address }) => listObjects(objects, bucket, address),
    ListObjectVersions: ({ bucket, address }) => listVersions(objects, bucket, address),
  };
}

function putObject(objects: S3Objects, call: Parameters<S3Operation>[0]): AwsReply {
  const { bucket, address, request } = call;
  const { bytes, checksum } = readBody(request);
  const exists = objects.current(bucket.name).some(({ key }) => key === address.key);
  if (request.headers["if-none-match"] === "*" && exists) {
    throw new AwsError(
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
      412,
    );
  }
  const lock = readLock(bucket, request.headers);
  const kept = Object.entries(request.headers).filter(([name]) => keptHeaders.test(name));
  const version = objects.put(bucket, {
    key: address.key,
    body: bytes,
    headers: { ...Object.fromEntries(kept), ...checksum },
    lock,
  });
  const versioned = bucket.versioning && { "x-amz-version-id": version.versionId };
  return { status: 200, headers: { ETag: version.etag, ...versioned, ...checksum }, body: nothing };
}

/** A lock wants a bucket that has Object Lock, and a day in the future. */
function readLock(bucket: S3Bucket, headers: Readonly<Record<string, string>>): S3Version["lock"] {
  const mode = headers["x-amz-object-lock-mode"];
  const until = headers["x-amz-object-lock-retain-until-date"];
  if (mode === undefined && until === undefined) return undefined;
  if (!bucket.objectLock) {
    throw new AwsError("InvalidRequest", "Bucket is missing Object Lock Configuration");
  }
  const untilMs = Date.parse(until ?? "");
  if (mode !== "COMPLIANCE" && mode !== "GOVERNANCE") {
    throw new AwsError("InvalidArgument", "Unknown wormMode directive.");
  }
  if (Number.isNaN(untilMs)) {
    throw new AwsError(
      "InvalidArgument",
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
    );
  }
  return { mode, untilMs };
}

function findVersion(objects: S3Objects, bucket: S3Bucket, { key, query }: S3Address): S3Version {
  const versionId = query.get("versionId");
  const found =
    versionId === null
      ? objects.current(bucket.name).find((each) => each.key === key)
      : objects
          .versions(bucket.name)
          .find((each) => each.key === key && each.versionId === versionId);
  if (found) return found;
  throw new AwsError("NoSuchKey", "The specified key does not exist.", 404);
}

function headersOf(version: S3Version): AwsReply["headers"] {
  const { lock, etag, storedMs, versionId, headers } = version;
  return {
    ETag: etag,
    "Last-Modified": new Date(storedMs).toUTCString(),
    "x-amz-version-id": versionId,
    ...headers,
    ...(lock && {
      "x-amz-object-lock-mode": lock.mode,
      "x-amz-object-lock-retain-until-date": new Date(lock.untilMs).toISOString(),
    }),
  };
}
