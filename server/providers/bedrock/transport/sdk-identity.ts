import { type BedrockRuntimeClient, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { objectAt, textAt } from "../../codec-parts/json.ts";
import type { SigningKeys } from "./signature.ts";

/** Where the SDK would send a request, and as whom. */
export interface SdkIdentity {
  /** Scheme, host and, where it is not the usual one, port. */
  readonly origin: string;
  /** What stands before `/model/…`; empty but for some custom endpoints. */
  readonly basePath: string;
  /** For the scope of signatures. */
  readonly region: string;
  readonly credentials: { readonly keys: SigningKeys } | { readonly bearerToken: string };
  /** When the credentials end, in milliseconds since the epoch; absent: they do not. */
  readonly expiresMs?: number | undefined;
}

/** Credentials are asked for again so long before they end, as the SDK itself does. */
const refreshBeforeMs = 300_000;

/**
 * Asks the SDK where and as whom it would send, so that its credential chain, its regions, its endpoint rules (FIPS,
 * dual-stack, `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`) and its choice between keys and a bearer token hold for us too. The
 * answer is kept until its credentials are about to end; a failure is not kept.
 */
export function createSdkIdentity(client: BedrockRuntimeClient): () => Promise<SdkIdentity> {
  let kept: SdkIdentity | undefined;
  let asking: Promise<SdkIdentity> | undefined;
  const ask = async () => {
    try {
      kept = await dryRun(client);
      return kept;
    } finally {
      asking = undefined;
    }
  };
  return () => {
    const { expiresMs = Number.POSITIVE_INFINITY } = kept ?? {};
    if (kept && Date.now() < expiresMs - refreshBeforeMs) return Promise.resolve(kept);
    asking ??= ask();
    return asking;
  };
}

const probeModel = "probe";
const probePath = `/model/${probeModel}/invoke`;

/** Runs a command through the SDK up to the point where it would be signed. Nothing is sent. */
async function dryRun(client: BedrockRuntimeClient): Promise<SdkIdentity> {
  const command = new InvokeModelCommand({ modelId: probeModel, body: "{}" });
  let identity: SdkIdentity | undefined;
  command.middlewareStack.add(
    (_next, context) => async (args) => {
      identity = identityOf(args.request, context);
      return {
        output: { body: undefined as never, contentType: undefined, $metadata: {} },
        response: {},
      };
    },
    { step: "build", name: "dryRun" },
  );
  await client.send(command);
  if (!identity) throw new Error("the AWS SDK did not say where it would send");
  return identity;
}

function identityOf(request: unknown, context: object): SdkIdentity {
  const { protocol, hostname, port, path } = objectAt(request);
  const scheme = objectAt(
    objectAt((context as { __smithy_context?: unknown }).__smithy_context).selectedHttpAuthScheme,
  );
  const { expiration, ...identity } = objectAt(scheme.identity);
  const { signingProperties } = objectAt(scheme.httpAuthOption);
  return {
    origin: new URL(`${String(protocol)}//${String(hostname)}${port ? `:${String(port)}` : ""}`)
      .origin,
    basePath: (textAt(path) ?? "").slice(0, -probePath.length).replace(/\/$/, ""),
    region:
      textAt(objectAt(signingProperties).signingRegion) ??
      textAt(objectAt(signingProperties).region) ??
      "",
    credentials: credentialsOf(identity),
    expiresMs: expiration instanceof Date ? expiration.getTime() : undefined,
  };
}

function credentialsOf({
  token,
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: Readonly<Record<string, unknown>>): SdkIdentity["credentials"] {
  const bearerToken = textAt(token);
  if (bearerToken !== undefined) return { bearerToken };
  const keys = {
    accessKeyId: textAt(accessKeyId) ?? "",
    secretAccessKey: textAt(secretAccessKey) ?? "",
    sessionToken: textAt(sessionToken),
  };
  return { keys };
}
