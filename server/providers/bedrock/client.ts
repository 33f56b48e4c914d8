import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/** Where Bedrock is. Credentials come from the SDK's own chain. */
export interface BedrockClientOptions {
  readonly region: string;
  /** A VPC endpoint or the emulator; absent means AWS's own for the region. */
  readonly endpointUrl?: string | undefined;
}

/** How many calls may be on the way to one host; further ones wait in the agent's queue until their deadline. */
const maxSockets = 4096;

const connectionTimeoutMs = 5000;

/**
 * The SDK's client over HTTP/1.1 with kept connections, because its default opens a fresh HTTP/2 session per call.
 * It tries once: retries and failover are the pipeline's.
 */
export function createBedrockClient({
  region,
  endpointUrl,
}: BedrockClientOptions): BedrockRuntimeClient {
  const agent = { keepAlive: true, maxSockets };
  const config: BedrockRuntimeClientConfig = {
    region,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: connectionTimeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
      socketAcquisitionWarningTimeout: 2 ** 31 - 1,
    }),
  };
  return new BedrockRuntimeClient(endpointUrl ? { ...config, endpoint: endpointUrl } : config);
}

/** The region that the SDK's own chain gives (AWS_REGION, the profile's file); undefined when it knows none. */
export async function regionFromSdk(): Promise<string | undefined> {
  const client = new BedrockRuntimeClient({});
  try {
    return await client.config.region();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
