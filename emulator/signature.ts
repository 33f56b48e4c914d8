import { hash } from "node:crypto";
import { createHmacKey, type HmacKey } from "./hmac-key.ts";

const algorithm = "AWS4-HMAC-SHA256";

/** The parts of an HTTP request a signature covers: the path as sent, header names in lower case. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A Signature Version 4 `Authorization` header taken apart. */
export interface Authorization {
  readonly accessKeyId: string;
  /** Day of the credential scope, `YYYYMMDD`. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Takes the header apart; gives `undefined` when a part is missing or out of shape. */
export function parseAuthorization(header: string): Authorization | undefined {
  if (!header.startsWith(`${algorithm} `)) return undefined;
  const parts = new Map<string, string>();
  for (const part of header.slice(algorithm.length).split(",")) {
    const equals = part.indexOf("=");
    parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const [accessKeyId, day, region, service, terminator] = (parts.get("Credential") ?? "").split(
    "/",
  );
  const signedHeaders = parts.get("SignedHeaders");
  const signature = parts.get("Signature");
  if (!accessKeyId || !day || !region || !service || terminator !== "aws4_request")
    return undefined;
  if (!signedHeaders || !signature) return undefined;
  return { accessKeyId, day, region, service, signedHeaders: signedHeaders.split(";"), signature };
}

/**
 * The signature this request should carry (AWS Signature Version 4). Bedrock, like every service
 * but S3, signs the path with each segment percent-encoded once more: `%3A` becomes `%253A`. S3
 * signs the path as it was sent.
 */
export function signRequest(
  request: SignedRequest,
  authorization: Omit<Authorization, "signature" | "accessKeyId">,
  secretAccessKey: string,
): string {
  const { day, region, service, signedHeaders } = authorization;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const requestHash = sha256(canonicalRequest(request, signedHeaders, service));
  const date = request.headers["x-amz-date"] ?? "";
  const key = signingKey(scope, secretAccessKey);
  return key.sign(`${algorithm}\n${date}\n${scope}\n${requestHash}`).toString("hex");
}

/** Keys of the last scopes: one lasts a day for each region, and makes four of five HMACs needless. */
const signingKeys = new Map<string, HmacKey>();
const keptSigningKeys = 100;

function signingKey(scope: string, secretAccessKey: string): HmacKey {
  const name = `${scope} ${secretAccessKey}`;
  const known = signingKeys.get(name);
  if (known) return known;
  const secret = createHmacKey(Buffer.from(`AWS4${secretAccessKey}`));
  const key = scope.split("/").reduce((last, part) => createHmacKey(last.sign(part)), secret);
  if (signingKeys.size >= keptSigningKeys) signingKeys.clear();
  signingKeys.set(name, key);
  return key;
}

/** The text whose hash is signed; exported because tests compare it with a published example. */
export function canonicalRequest(
  request: SignedRequest,
  signedHeaders: readonly string[],
  service = "bedrock",
): string {
  const [path = "", query = ""] = request.path.split("?", 2);
  const headerLines = signedHeaders.map((name) => {
    const value = (request.headers[name] ?? "").trim().replaceAll(/ +/g, " ");
    return `${name}:${value}\n`;
  });
  return [
    request.method,
    service === "s3" ? path : canonicalPath(path),
    canonicalQuery(query),
    headerLines.join(""),
    signedHeaders.join(";"),
    request.headers["x-amz-content-sha256"] ?? sha256(request.body),
  ].join("\n");
}

/** Hex SHA-256, the form of `x-amz-content-sha256`. */
export function sha256(content: string | Buffer): string {
  return hash("sha256", content, "hex");
}

/** Signers drop empty segments, so `/model//invoke` is signed as `/model/invoke`. */
function canonicalPath(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  const trailing = path.endsWith("/") && segments.length > 0 ? "/" : "";
  return `/${segments.map(percentEncode).join("/")}${trailing}`;
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs = query.split("&").map((pair) => (pair.includes("=") ? pair : `${pair}=`));
  return pairs.sort().join("&");
}

function percentEncode(text: string): string {
  if (/^[\w.~-]*$/.test(text)) return text;
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
