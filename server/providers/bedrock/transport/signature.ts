import { hash } from "node:crypto";
import { createHmac256, type Hmac256 } from "./hmac256.ts";

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
  let kept: { readonly secret: string; readonly day: string; readonly hmac: Hmac256 } | undefined;

  function hmacOfDay(secret: string, day: string): Hmac256 {
    if (kept?.secret !== secret || kept.day !== day) {
      const parts = [day, region, service, "aws4_request"];
      const key = parts.reduce<Buffer>(
        (last, part) => createHmac256(last)(part, "buffer"),
        Buffer.from(`AWS4${secret}`),
      );
      kept = { secret, day, hmac: createHmac256(key) };
    }
    return kept.hmac;
  }

  return (
    { method, path, headers, body },
    { accessKeyId, secretAccessKey, sessionToken },
    dateMs,
  ) => {
    const date = basicDate(dateMs);
    const day = date.slice(0, 8);
    const scope = scopeOf(day);
    const bodyHash = hash("sha256", body);
    const signed: Record<string, string> = { ...headers };
    signed["x-amz-content-sha256"] = bodyHash;
    signed["x-amz-date"] = date;
    if (sessionToken !== undefined) signed["x-amz-security-token"] = sessionToken;
    const names = Object.keys(signed).sort();
    let lines = "";
    for (const name of names) lines += `${name}:${canonicalValue(signed[name] ?? "")}\n`;
    const signedHeaders = names.join(";");
    const canonical = `${method}\n${canonicalPath(path)}\n\n${lines}\n${signedHeaders}\n${bodyHash}`;
    const text = `${algorithm}\n${date}\n${scope}\n${hash("sha256", canonical)}`;
    const signature = hmacOfDay(secretAccessKey, day)(text, "hex");
    return {
      authorization: `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
      "x-amz-content-sha256": bodyHash,
      "x-amz-date": date,
      ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
    };
  };
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
