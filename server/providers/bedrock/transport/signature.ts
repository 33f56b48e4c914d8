import { createHmac, hash } from "node:crypto";

/** Keys as AWS gives them out. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** With temporary keys only. */
  readonly sessionToken?: string | undefined;
}

/** What a signature covers. */
export interface SignableRequest {
  readonly method: string;
  /** As it will be sent, without a query. */
  readonly path: string;
  /** By lower-case name, `host` among them. All are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** The headers that a signature adds. */
export interface SignatureHeaders {
  readonly authorization: string;
  readonly "x-amz-content-sha256": string;
  readonly "x-amz-date": string;
  readonly "x-amz-security-token"?: string;
}

/** Signs requests to one service in one region. */
export type Signer = (
  request: SignableRequest,
  keys: SigningKeys,
  dateMs: number,
) => SignatureHeaders;

const algorithm = "AWS4-HMAC-SHA256";

/**
 * Signature Version 4 (AWS: Create a signed AWS API request), with the key of the day kept. The path is encoded once
 * more, as every service but S3 wants it.
 */
export function createSigner(service: string, region: string): Signer {
  const scopeOf = (day: string) => `${day}/${region}/${service}/aws4_request`;
  const basicDate = createDateWriter();
  let kept: { readonly secret: string; readonly day: string; readonly key: Buffer } | undefined;

  function signingKey(secret: string, day: string): Buffer {
    if (kept?.secret !== secret || kept.day !== day) {
      const parts = [day, region, service, "aws4_request"];
      const key = parts.reduce<Buffer>(
        (last, part) => hmac(last, part),
        Buffer.from(`AWS4${secret}`),
      );
      kept = { secret, day, key };
    }
    return kept.key;
  }

  return ({ method, path, headers, body }, keys, dateMs) => {
    const date = basicDate(dateMs);
    const day = date.slice(0, 8);
    const { sessionToken } = keys;
    const added = {
      "x-amz-content-sha256": hash("sha256", body),
      "x-amz-date": date,
      ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
    };
    const signed: Readonly<Record<string, string>> = { ...headers, ...added };
    const names = Object.keys(signed).sort();
    const lines = names.map((name) => `${name}:${canonicalValue(signed[name] ?? "")}\n`);
    const signedHeaders = names.join(";");
    const canonical = `${method}\n${canonicalPath(path)}\n\n${lines.join("")}\n${signedHeaders}\n${added["x-amz-content-sha256"]}`;
    const text = `${algorithm}\n${date}\n${scopeOf(day)}\n${hash("sha256", canonical)}`;
    const signature = hmac(signingKey(keys.secretAccessKey, day), text).toString("hex");
    const credential = `${keys.accessKeyId}/${scopeOf(day)}`;
    const authorization = `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return { ...added, authorization };
  };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** `20260101T000000Z`; many requests are signed within a second. */
function createDateWriter(): (dateMs: number) => string {
  let lastSecond = Number.NaN;
  let written = "";
  return (dateMs) => {
    const second = Math.floor(dateMs / 1000);
    if (second !== lastSecond) {
      written = `${new Date(dateMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
      lastSecond = second;
    }
    return written;
  };
}

/** Most paths have nothing to encode but the percent signs of their first encoding. */
function canonicalPath(path: string): string {
  if (/^[\w.~%/-]*$/.test(path)) return path.replaceAll("%", "%25");
  return encodeLabel(path).replaceAll("%2F", "/");
}

/** Percent-encodes all but the unreserved characters of RFC 3986, as AWS does. */
export function encodeLabel(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Most values need nothing done, and looking is cheaper than replacing. */
function canonicalValue(value: string): string {
  return /[\t\r\n]|^ | $| {2}/.test(value) ? value.replaceAll(/\s+/g, " ").trim() : value;
}
