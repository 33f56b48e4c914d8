import type { CustomerAgreement } from "../doctor/checks/baa.ts";
import { createSigner } from "../providers/bedrock/transport/signature.ts";

/** AWS Artifact has one endpoint for all commercial regions; no client of the SDK's is among our dependencies. */
const region = "us-east-1";
const path = "/v1/customer-agreement/list";

/**
 * Artifact's ListCustomerAgreements, with the credentials of the SDK's chain. `AWS_ENDPOINT_URL_ARTIFACT` and
 * `AWS_ENDPOINT_URL` lead elsewhere, as they do for the SDK. Rejects with an error of AWS's name.
 */
export async function listCustomerAgreements(
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly CustomerAgreement[]> {
  const endpoint = env.AWS_ENDPOINT_URL_ARTIFACT ?? env.AWS_ENDPOINT_URL;
  const url = new URL(path, endpoint ?? `https://artifact.${region}.amazonaws.com`);
  const { STS } = await import("@aws-sdk/client-sts");
  const sts = new STS({ region });
  const keys = await sts.config.credentials();
  const request = { method: "GET", path, headers: { host: url.host }, body: "" };
  const signature = createSigner("artifact", region)(request, keys, Date.now());
  const answer = await fetch(url, { headers: { ...signature }, signal }).catch(unreached);
  if (!answer.ok) throw named(answer.headers.get("x-amzn-errortype")?.split(":")[0] ?? "Error");
  const { customerAgreements = [] } = (await answer.json()) as {
    readonly customerAgreements?: readonly CustomerAgreement[];
  };
  return customerAgreements;
}

/** `fetch` hides the reason in the cause. */
function unreached(error: unknown): never {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "TimeoutError";
  throw named(code);
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
