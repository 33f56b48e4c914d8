import { crc32 } from "node:zlib";
import type { ReceivedRequest } from "../../exchange.ts";
import { sha256 } from "../../signature.ts";
import { AwsError } from "../aws-error.ts";

/** A body as it was meant, with the checksum that came before or behind it. */
export interface S3Body {
  readonly bytes: Buffer;
  /** Such as `x-amz-checksum-crc32`, to be given back with the object. */
  readonly checksum: Readonly<Record<string, string>>;
}

const checksums: Readonly<Record<string, (bytes: Buffer) => string>> = {
  "x-amz-checksum-crc32"(bytes) {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(bytes));
    return sum.toString("base64");
  },
  "x-amz-checksum-sha256": (bytes) => Buffer.from(sha256(bytes), "hex").toString("base64"),
};

/**
 * Takes the framing `aws-chunked` off and checks the checksum, which the SDK sends as a header, or as
 * a trailer behind a body that it did not have whole. Throws BadDigest.
 */
export function readBody({ headers, body }: ReceivedRequest): S3Body {
  const isChunked = (headers["content-encoding"] ?? "").includes("aws-chunked");
  const { bytes, trailers } = isChunked ? unchunk(body) : { bytes: body, trailers: {} };
  const announced = Number(headers["x-amz-decoded-content-length"] ?? bytes.length);
  if (announced !== bytes.length) {
    throw new AwsError("IncompleteBody", "The request body terminated unexpectedly");
  }
  const checksum: Record<string, string> = {};
  for (const [name, sumOf] of Object.entries(checksums)) {
    const sent = headers[name] ?? trailers[name];
    if (sent === undefined) continue;
    if (sent !== sumOf(bytes)) throw badDigest(name);
    checksum[name] = sent;
  }
  return { bytes, checksum };
}

/** Reads `size[;extension] CRLF bytes CRLF`, to a size of 0, then trailers. */
function unchunk(body: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  const line = () => {
    const end = body.indexOf("\r\n", at);
    if (end < 0) throw new AwsError("IncompleteBody", "The chunked body breaks off");
    const text = body.toString("latin1", at, end);
    at = end + 2;
    return text;
  };
  for (;;) {
    const size = Number.parseInt(line(), 16);
    if (!Number.isInteger(size)) throw new AwsError("InvalidRequest", "A chunk has no size");
    if (size === 0) break;
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
  return { bytes: Buffer.concat(chunks), trailers: readTrailers(body.toString("latin1", at)) };
}

function readTrailers(text: string): Record<string, string> {
  const pairs = text.split("\r\n").filter((line) => line.includes(":"));
  return Object.fromEntries(
    pairs.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function badDigest(name: string): AwsError {
  const algorithm = name.slice(name.lastIndexOf("-") + 1).toUpperCase();
  return new AwsError(
    "BadDigest",
    `The ${algorithm} you specified did not match the calculated checksum.`,
  );
}
