import { BedrockException } from "./bedrock-exception.ts";
import {
  type Authorization,
  parseAuthorization,
  type SignedRequest,
  sha256,
  signRequest,
} from "./signature.ts";

/** A key pair the emulator accepts; with a session token, only requests carrying it are accepted. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Whom the emulator lets in, and the clock it judges dates by (milliseconds since the epoch). */
export interface AuthenticatorOptions {
  readonly credentials: readonly Credentials[];
  readonly bearerTokens: readonly string[];
  readonly now: () => number;
  /** The services that a request may be signed for; `bedrock` alone if not said. */
  readonly services?: readonly string[];
}

/** Lets a request pass or throws the exception AWS answers to such a request. */
export type Authenticate = (request: SignedRequest) => void;

const allowedClockSkewMs = 5 * 60_000;

/** S3's words in place of a body's hash; the body is then checked by its checksum or not at all. */
const unsignedBodies = ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"];

/** Creates the check of Signature Version 4 for the named services, and of Bedrock API keys. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  return (request) => {
    const header = request.headers.authorization;
    if (!header) throw new BedrockException("MissingAuthenticationTokenException");
    if (header.startsWith("Bearer ")) return checkBearerToken(header, options);
    const authorization = parseAuthorization(header);
    if (!authorization) throw new BedrockException("IncompleteSignature");
    checkSignature(request, authorization, options);
  };
}

function checkBearerToken(header: string, { bearerTokens }: AuthenticatorOptions): void {
  if (!bearerTokens.includes(header.slice("Bearer ".length))) {
    throw new BedrockException("UnrecognizedClientException");
  }
}

function checkSignature(
  request: SignedRequest,
  authorization: Authorization,
  { credentials, now, services = ["bedrock"] }: AuthenticatorOptions,
): void {
  const known = credentials.find((entry) => entry.accessKeyId === authorization.accessKeyId);
  if (!known || known.sessionToken !== request.headers["x-amz-security-token"]) {
    throw new BedrockException("UnrecognizedClientException");
  }
  checkSignedHeaders(request, authorization.signedHeaders);
  checkScope(request, authorization, services);
  checkDate(request.headers["x-amz-date"] ?? "", now());
  const bodyHash = request.headers["x-amz-content-sha256"];
  const bodyIsIntact =
    bodyHash === undefined ||
    bodyHash === sha256(request.body) ||
    (authorization.service === "s3" && unsignedBodies.includes(bodyHash));
  const expected = signRequest(request, authorization, known.secretAccessKey);
  if (!bodyIsIntact || expected !== authorization.signature) {
    throw new BedrockException("InvalidSignatureException");
  }
}

/** Over HTTP/2 the SDK signs `:authority` in place of `host`. */
function checkSignedHeaders(request: SignedRequest, signedHeaders: readonly string[]): void {
  const hostIsSigned = signedHeaders.includes("host") || signedHeaders.includes(":authority");
  const unsigned = ["x-amz-date", "x-amz-security-token"].filter(
    (name) => name in request.headers && !signedHeaders.includes(name),
  );
  if (!hostIsSigned || unsigned.length > 0) {
    throw new BedrockException("InvalidSignatureException", {
      message: `'${hostIsSigned ? unsigned.join(";") : "Host"}' must be a 'SignedHeader' in the AWS Authorization.`,
    });
  }
}

function checkScope(
  request: SignedRequest,
  { service, day }: Authorization,
  services: readonly string[],
): void {
  const date = request.headers["x-amz-date"] ?? "";
  if (!services.includes(service)) {
    throw new BedrockException("InvalidSignatureException", {
      message: `Credential should be scoped to correct service: '${services[0]}'.`,
    });
  }
  if (!date.startsWith(day)) {
    throw new BedrockException("InvalidSignatureException", {
      message: `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${date.slice(0, 8)}', from '${date}'.`,
    });
  }
}

function checkDate(date: string, nowMs: number): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!match) throw new BedrockException("IncompleteSignature");
  const [, year, month, day, hour, minute, second] = match;
  const sentMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Math.abs(nowMs - sentMs) <= allowedClockSkewMs) return;
  const now = basicDate(nowMs);
  if (sentMs < nowMs) {
    throw new BedrockException("InvalidSignatureException", {
      message: `Signature expired: ${date} is now earlier than ${basicDate(nowMs - allowedClockSkewMs)} (${now} - 5 min.)`,
    });
  }
  throw new BedrockException("InvalidSignatureException", {
    message: `Signature not yet current: ${date} is still later than ${basicDate(nowMs + allowedClockSkewMs)} (${now} + 5 min.)`,
  });
}

function basicDate(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}
