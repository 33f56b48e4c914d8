import { type Clock, systemClock } from "../../core/clock.ts";
import type { ListedModel } from "../../core/listed-model.ts";
import type { Log } from "../../core/log.ts";
import { listingAdvice } from "./live/listing-advice.ts";
import { ListingError } from "./live/listing-error.ts";
import { createListingLoop, type ListingLoop } from "./live/listing-loop.ts";
import { readListing } from "./live/read-listing.ts";

/** What a live listing is made of. */
export interface ModelListingOptions {
  readonly region: string;
  /** The control plane's; absent means AWS's own for the region. */
  readonly controlEndpointUrl?: string | undefined;
  /** How long after a good reading the next one begins; 0 means that nothing is ever read, not at start either. */
  readonly refreshMs: number;
  /** Told every listing that was read whole. */
  readonly onListed: (listed: readonly ListedModel[]) => void;
  readonly log: Log;
  readonly clock?: Clock;
}

/** The listing of Bedrock's models, read in the background. Nothing waits for it, and no failure of it fails a call. */
export type ModelListing = ListingLoop;

/**
 * Reads ListFoundationModels and ListInferenceProfiles (AWS: Amazon Bedrock API reference) from `start()` on, until
 * `close()`. A failure is a warning that says what to do, once until its name changes.
 */
export function createModelListing(options: ModelListingOptions): ModelListing {
  const { region, controlEndpointUrl, refreshMs, onListed, log, clock = systemClock } = options;
  const source = { region, controlEndpointUrl, clock };
  const failures = createFailureLog(log, region);
  return createListingLoop({
    clock,
    refreshMs,
    read: (signal) => readListing(source, signal),
    onRead(listed) {
      onListed(listed);
      failures.end(listed.length);
    },
    onFailed: failures.add,
  });
}

function createFailureLog(log: Log, region: string) {
  let latest: string | undefined;
  return {
    add(error: unknown) {
      const name = error instanceof Error ? error.name : "Error";
      if (name === latest) return;
      latest = name;
      if (!(error instanceof ListingError)) {
        return log.error({ region, err: error }, "a listing of models could not be used");
      }
      const { operation, requestId } = error;
      log.warn(
        { region, error: name, operation, requestId },
        `Bedrock's models could not be listed (${name}); the gateway serves the models that it knows. What to do: ${listingAdvice(name, region)}.`,
      );
    },
    end(models: number) {
      if (latest === undefined) return log.debug({ region, models }, "Bedrock's models are listed");
      latest = undefined;
      log.info({ region, models }, "Bedrock's models are listed again");
    },
  };
}
