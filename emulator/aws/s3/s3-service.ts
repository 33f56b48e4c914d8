import { randomUUID } from "node:crypto";
import type { ReceivedRequest } from "../../exchange.ts";
import type { AwsAccount } from "../aws-account.ts";
import { AwsError } from "../aws-error.ts";
import type { AwsCall, AwsReply, AwsService, Mishap } from "../aws-service.ts";
import { xmlElement } from "../xml.ts";
import { bucketOperations } from "./bucket-operations.ts";
import { objectOperations } from "./object-operations.ts";
import type { S3Bucket } from "./s3-account.ts";
import { readS3Address, type S3Address } from "./s3-address.ts";
import type { S3Objects } from "./s3-objects.ts";

/** An operation of S3 on a bucket that exists. */
export type S3Operation = (call: {
  readonly bucket: S3Bucket;
  readonly address: S3Address;
  readonly request: ReceivedRequest;
}) => AwsReply;

const mishaps: Readonly<Record<Mishap, { code: string; status: number }>> = {
  throttle: { code: "SlowDown", status: 503 },
  "server-error": { code: "InternalError", status: 500 },
  "access-denied": { code: "AccessDenied", status: 403 },
};

/** Query members that turn a request about a bucket into another operation. */
const subresources: Readonly<Record<string, string>> = {
  versioning: "GetBucketVersioning",
  "object-lock": "GetObjectLockConfiguration",
  publicAccessBlock: "GetPublicAccessBlock",
  encryption: "GetBucketEncryption",
  lifecycle: "GetBucketLifecycleConfiguration",
  policyStatus: "GetBucketPolicyStatus",
  versions: "ListObjectVersions",
};

/** Creates the emulated S3: objects with versions and locks, and how a bucket is set up. */
export function createS3Service(account: AwsAccount, objects: S3Objects): AwsService {
  const operations: Readonly<Record<string, S3Operation>> = {
    ...bucketOperations(),
    ...objectOperations(objects),
  };
  return {
    name: "s3",
    operationOf: (request) => operationOf(readS3Address(request)),
    answer(call) {
      const address = readS3Address(call.request);
      const bucket = findBucket(account, address, call);
      if (bucket.denies.includes(call.operation)) {
        throw new AwsError("AccessDenied", "Access Denied", 403);
      }
      const operation = operations[call.operation];
      if (!operation) throw new AwsError("NotImplemented", "Not implemented", 501);
      return operation({ bucket, address, request: call.request });
    },
    refusal: refusal,
    mishap: (kind) => mishaps[kind],
  };
}

function operationOf({ method, key, query }: S3Address): string | undefined {
  if (key !== "") {
    if (query.has("retention")) return method === "GET" ? "GetObjectRetention" : undefined;
    const names = {
      GET: "GetObject",
      HEAD: "HeadObject",
      PUT: "PutObject",
      DELETE: "DeleteObject",
    };
    return names[method as keyof typeof names];
  }
  if (method === "HEAD") return "HeadBucket";
  if (method !== "GET") return undefined;
  const named = Object.keys(subresources).find((name) => query.has(name));
  return named === undefined ? "ListObjectsV2" : subresources[named];
}

function findBucket(account: AwsAccount, { bucket: name }: S3Address, { region }: AwsCall) {
  const bucket = account.s3.buckets.find((each) => each.name === name);
  if (!bucket) {
    throw new AwsError("NoSuchBucket", "The specified bucket does not exist", 404);
  }
  if (bucket.region === region) return bucket;
  throw new AwsError(
    "PermanentRedirect",
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
    301,
    { "x-amz-bucket-region": bucket.region },
  );
}

/** An answer to HEAD has no body, so the SDK knows its errors by the status. */
function refusal(error: AwsError, request: ReceivedRequest): AwsReply {
  const { code, message, status, headers } = error;
  const requestId = randomUUID();
  const xml = xmlElement("Error", { Code: code, Message: message, RequestId: requestId });
  return {
    status,
    headers: { "Content-Type": "application/xml", ...headers },
    body: Buffer.from(request.method === "HEAD" ? "" : xml),
  };
}
