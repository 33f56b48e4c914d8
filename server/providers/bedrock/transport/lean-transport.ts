import { createHttpClient, type HttpClient, type HttpResponse } from "../../http/http-client.ts";
import { type BedrockClientOptions, createBedrockClient } from "../client.ts";
import { requestIdOf, withRequestId } from "../response-headers.ts";
import { batchesOf } from "./batches.ts";
import { plainHeaders, readException } from "./read-exception.ts";
import { readJson } from "./read-json.ts";
import { headersOf, pathOf } from "./request-target.ts";
import { createSdkIdentity, type SdkIdentity } from "./sdk-identity.ts";
import { createServerClock } from "./server-clock.ts";
import { createSigner, type SignableRequest, type Signer } from "./signature.ts";
import type { AnswerHead, BedrockRequest, Transport } from "./transport.ts";

/** The longest whole answer that is read. */
const mostBodyBytes = 64 * 1024 * 1024;

/** What AWS answers to a date that it does not believe (AWS: Common errors, and the SDKs' lists). */
const clockErrors: ReadonlySet<string> = new Set([
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "AuthFailure",
  "RequestExpired",
  "RequestTimeTooSkewed",
  "RequestInTheFuture",
]);

type Delivery = "whole" | "stream";

/** Where requests go, known as soon as the SDK has been asked. */
interface Destination {
  readonly http: HttpClient;
  readonly host: string;
  readonly sign: Signer;
}

/**
 * Kept connections, the gateway's own signatures and its own reading of event streams. What the SDK is good at,
 * credentials and endpoints, is asked of the SDK.
 */
export function createLeanTransport(options: BedrockClientOptions): Transport {
  const sdk = createBedrockClient(options);
  const identify = createSdkIdentity(sdk);
  const clock = createServerClock();
  let destination: Destination | undefined;

  /** Where AWS does not believe our clock, it is corrected and the request goes again: nothing was done the first time. */
  async function send(request: BedrockRequest, delivery: Delivery, signal: AbortSignal) {
    const response = await sendOnce(request, delivery, signal);
    if (response.status === 200) return response;
    const refusal = await readException(response);
    const isOurClock = clockErrors.has(refusal.name) && clock.learn(response.headers.date);
    if (!isOurClock) throw refusal;
    const second = await sendOnce(request, delivery, signal);
    if (second.status === 200) return second;
    throw await readException(second);
  }

  async function sendOnce(
    request: BedrockRequest,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const identity = await identify();
    destination ??= destinationOf(identity);
    const path = identity.basePath + pathOf(request, delivery);
    const signable = {
      method: "POST",
      path,
      headers: headersOf(request, delivery),
      body: request.body,
    };
    const headers = authorized(signable, identity, destination, clock.now());
    headers.push(...Object.entries(request.traceHeaders ?? {}).flat());
    return destination.http.send({ path, headers, body: request.body }, signal);
  }

  return {
    async whole(request, signal) {
      const response = await send(request, "whole", signal);
      const head = headOf(response);
      const read = response.body.whole(mostBodyBytes);
      const body = await read.catch((error: unknown) => {
        throw withRequestId(error, head.requestId);
      });
      return { ...head, body: readJson(body.toString(), head.requestId) };
    },
    async stream(request, signal) {
      const response = await send(request, "stream", signal);
      return { ...headOf(response), batches: batchesOf(response.body, request.api) };
    },
    close() {
      sdk.destroy();
      destination?.http.close();
    },
  };
}

function destinationOf({ origin, region }: SdkIdentity): Destination {
  return {
    http: createHttpClient({ origin }),
    host: new URL(origin).host,
    sign: createSigner("bedrock", region),
  };
}

/** The headers as they are sent, names and values in turn. The connection adds `host` and `content-length`. */
function authorized(
  request: SignableRequest,
  { credentials }: SdkIdentity,
  { host, sign }: Destination,
  dateMs: number,
): string[] {
  const flat = ["user-agent", userAgent];
  const add = (headers: object) => {
    for (const [name, value] of Object.entries(headers)) flat.push(name, value);
  };
  add(request.headers);
  if ("bearerToken" in credentials) flat.push("authorization", `Bearer ${credentials.bearerToken}`);
  else {
    const signable = { ...request, headers: { ...request.headers, host } };
    add(sign(signable, credentials.keys, dateMs));
  }
  return flat;
}

/** Not signed; it helps AWS's support to tell our calls apart. */
const userAgent = "axonflow-gateway";

function headOf({ headers }: HttpResponse): AnswerHead {
  const plain = plainHeaders(headers);
  return { headers: plain, requestId: requestIdOf(plain) };
}
