import type { BedrockClientConfig, InferenceProfileSummary } from "@aws-sdk/client-bedrock";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Clock } from "../../../core/clock.ts";
import type { ListedModel } from "../../../core/listed-model.ts";
import { collectWithin, namedError } from "./collect-within.ts";
import { ListingError, type ListingOperation } from "./listing-error.ts";
import { toListedModels } from "./to-listed-models.ts";
import { withinTime } from "./within-time.ts";

/** Where the control plane is, and whose time limits the calls. Credentials come from the SDK's own chain. */
export interface ListingSource {
  readonly region: string;
  /** Absent: AWS's own for the region. */
  readonly controlEndpointUrl?: string | undefined;
  readonly clock: Clock;
}

const callLimitMs = 30_000;
const connectionTimeoutMs = 5000;
/** AWS's answers have some hundred kilobytes. */
const mostBodyBytes = 16 * 1024 * 1024;
/** Models, and as many profiles. AWS has some hundreds of each. */
const mostListed = 10_000;
const mostPages = 50;
/** The largest that ListInferenceProfiles takes. */
const pageSize = 1000;

/**
 * Reads both listings whole, or throws a `ListingError`: half of them would say that models had no profiles. The SDK's
 * module for the control plane is loaded here and its client is let go afterwards, because neither is needed for a call.
 */
export async function readListing(
  source: ListingSource,
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  const bedrock = await import("@aws-sdk/client-bedrock");
  const client = new bedrock.BedrockClient(clientConfig(source));
  const call = <T>(operation: ListingOperation, send: (signal: AbortSignal) => Promise<T>) =>
    withinTime({ clock: source.clock, limitMs: callLimitMs, signal }, send).catch(
      (error: unknown) => {
        throw new ListingError(operation, error);
      },
    );
  try {
    const { modelSummaries } = await call("ListFoundationModels", (abortSignal) =>
      client.send(new bedrock.ListFoundationModelsCommand({}), { abortSignal }),
    );
    const models = checked("ListFoundationModels", modelSummaries);
    const profiles = await readPages((nextToken) =>
      call("ListInferenceProfiles", (abortSignal) =>
        client.send(
          new bedrock.ListInferenceProfilesCommand({
            typeEquals: "SYSTEM_DEFINED",
            maxResults: pageSize,
            ...(nextToken && { nextToken }),
          }),
          { abortSignal },
        ),
      ),
    );
    return toListedModels(models, profiles);
  } finally {
    client.destroy();
  }
}

function clientConfig({ region, controlEndpointUrl }: ListingSource): BedrockClientConfig {
  return {
    region,
    maxAttempts: 1, // A refresh that failed is tried again by itself.
    requestHandler: new NodeHttpHandler({ connectionTimeout: connectionTimeoutMs }),
    streamCollector: collectWithin(mostBodyBytes),
    ...(controlEndpointUrl && { endpoint: controlEndpointUrl }),
  };
}

interface Page {
  readonly inferenceProfileSummaries?: InferenceProfileSummary[] | undefined;
  readonly nextToken?: string | undefined;
}

async function readPages(
  readPage: (nextToken: string | undefined) => Promise<Page>,
): Promise<InferenceProfileSummary[]> {
  const all: InferenceProfileSummary[] = [];
  let nextToken: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await readPage(nextToken);
    all.push(...checked("ListInferenceProfiles", page.inferenceProfileSummaries));
    checked("ListInferenceProfiles", all);
    nextToken = page.nextToken;
    if (!nextToken) return all;
  }
  throw new ListingError("ListInferenceProfiles", namedError("ListingTooLarge"));
}

/** AWS always sends its list, be it an empty one; whoever leaves it out is not AWS. */
function checked<T>(operation: ListingOperation, list: T[] | undefined): T[] {
  if (!list) throw new ListingError(operation, namedError("NotAListing"));
  if (list.length > mostListed) throw new ListingError(operation, namedError("ListingTooLarge"));
  return list;
}
