import { hash } from "node:crypto";
import { AwsError } from "../aws-error.ts";
import type { S3Bucket } from "./s3-account.ts";

/** One version of an object, or the marker that hides those before it. */
export interface S3Version {
  readonly key: string;
  readonly versionId: string;
  readonly body: Buffer;
  readonly etag: string;
  readonly storedMs: number;
  readonly isDeleteMarker: boolean;
  /** Headers that come back with it: content type, metadata, checksum. */
  readonly headers: Readonly<Record<string, string>>;
  readonly lock?:
    | { readonly mode: "COMPLIANCE" | "GOVERNANCE"; readonly untilMs: number }
    | undefined;
}

/** What a version is made of by its sender. */
export type NewVersion = Pick<S3Version, "key" | "body" | "headers" | "lock">;

/** The objects of all buckets, every version of them. */
export interface S3Objects {
  /** Newest last. */
  versions(bucket: string): readonly S3Version[];
  /** The newest version of each key that no marker hides, in the order of the keys. */
  current(bucket: string): readonly S3Version[];
  put(bucket: S3Bucket, version: NewVersion): S3Version;
  /** Ends a version, or hides all of them; throws AccessDenied for one that is locked. */
  remove(bucket: S3Bucket, key: string, versionId: string | undefined): S3Version | undefined;
}

const dayMs = 86_400_000;

/** Creates the store of objects, in memory; the clock decides about locks. */
export function createS3Objects(now: () => number): S3Objects {
  const stored = new Map<string, S3Version[]>();
  let count = 0;
  const versionsOf = (bucket: string) => {
    const known = stored.get(bucket) ?? [];
    stored.set(bucket, known);
    return known;
  };
  const add = (bucket: S3Bucket, version: NewVersion & { isDeleteMarker: boolean }) => {
    count += 1;
    const isVersioned = bucket.versioning === "Enabled";
    const etag = `"${hash("md5", version.body)}"`;
    const versionId = isVersioned ? `version-${count}` : "null";
    const made: S3Version = { ...version, versionId, etag, storedMs: now() };
    const all = versionsOf(bucket.name);
    const others = isVersioned ? all : all.filter(({ key }) => key !== version.key);
    stored.set(bucket.name, [...others, made]);
    return made;
  };
  const newest = (bucket: string) => new Map(versionsOf(bucket).map((each) => [each.key, each]));
  return {
    versions: (bucket) => versionsOf(bucket),
    current: (bucket) =>
      [...newest(bucket).values()]
        .filter(({ isDeleteMarker }) => !isDeleteMarker)
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    put(bucket, version) {
      const lock = version.lock ?? usualLock(bucket, now());
      return add(bucket, { ...version, lock, isDeleteMarker: false });
    },
    remove(bucket, key, versionId) {
      const all = versionsOf(bucket.name);
      if (versionId === undefined && bucket.versioning === "Enabled") {
        const marker = { key, body: Buffer.alloc(0), headers: {}, isDeleteMarker: true };
        return add(bucket, marker);
      }
      const found = all.find(
        (each) => each.key === key && (each.versionId === versionId || !versionId),
      );
      if (found?.lock && found.lock.untilMs > now()) throw locked();
      stored.set(
        bucket.name,
        all.filter((each) => each !== found),
      );
      return found;
    },
  };
}

function usualLock({ objectLock }: S3Bucket, nowMs: number): S3Version["lock"] {
  if (!objectLock?.mode) return undefined;
  const days = objectLock.days ?? (objectLock.years ?? 0) * 365;
  return { mode: objectLock.mode, untilMs: nowMs + days * dayMs };
}

function locked(): AwsError {
  return new AwsError(
    "AccessDenied",
    "Access Denied because object protected by object lock.",
    403,
  );
}
