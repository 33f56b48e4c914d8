import type { AwsReply } from "../aws-service.ts";
import { xmlReply } from "./bucket-operations.ts";
import type { S3Bucket } from "./s3-account.ts";
import type { S3Address } from "./s3-address.ts";
import type { S3Objects, S3Version } from "./s3-objects.ts";

const largestPage = 1_000;

/** ListObjectsV2: by prefix, folded at a delimiter, paged by a token that is the last key. */
export function listObjects(objects: S3Objects, bucket: S3Bucket, address: S3Address): AwsReply {
  const { query } = address;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter");
  const start = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const size = Math.min(Number(query.get("max-keys") ?? largestPage), largestPage);
  const found = objects
    .current(bucket.name)
    .filter(({ key }) => key.startsWith(prefix) && key > start);
  const foldedName = ({ key }: S3Version) => folded(key, prefix, delimiter);
  const page = found.filter((each) => foldedName(each) === undefined);
  const shown = page.slice(0, size);
  const last = shown.at(-1)?.key;
  const isTruncated = page.length > shown.length;
  return xmlReply("ListBucketResult", {
    Name: bucket.name,
    Prefix: prefix,
    KeyCount: shown.length,
    MaxKeys: size,
    IsTruncated: isTruncated,
    NextContinuationToken: isTruncated ? last : undefined,
    Contents: shown.map(content),
    CommonPrefixes: [...new Set(found.map(foldedName))]
      .filter((name) => name !== undefined)
      .map((name) => ({ Prefix: name })),
  });
}

/** ListObjectVersions: all versions and markers of keys with a prefix, newest first; never paged. */
export function listVersions(objects: S3Objects, bucket: S3Bucket, address: S3Address): AwsReply {
  const prefix = address.query.get("prefix") ?? "";
  const found = objects.versions(bucket.name).filter(({ key }) => key.startsWith(prefix));
  const newest = new Map(found.map(({ key, versionId }) => [key, versionId]));
  const describe = (version: S3Version) => ({
    ...content(version),
    VersionId: version.versionId,
    IsLatest: newest.get(version.key) === version.versionId,
  });
  const newestFirst = found.toReversed();
  return xmlReply("ListVersionsResult", {
    Name: bucket.name,
    Prefix: prefix,
    IsTruncated: false,
    Version: newestFirst.filter(({ isDeleteMarker }) => !isDeleteMarker).map(describe),
    DeleteMarker: newestFirst.filter(({ isDeleteMarker }) => isDeleteMarker).map(describe),
  });
}

function content({ key, etag, body, storedMs }: S3Version) {
  return {
    Key: key,
    LastModified: new Date(storedMs).toISOString(),
    ETag: etag,
    Size: body.length,
    StorageClass: "STANDARD",
  };
}

function folded(key: string, prefix: string, delimiter: string | null): string | undefined {
  if (delimiter === null || delimiter === "") return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}
