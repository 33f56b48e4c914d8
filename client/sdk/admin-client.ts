import type { Transport } from "@connectrpc/connect";
import { type CallOptions as ConnectCallOptions, createClient } from "@connectrpc/connect";
import {
  AdminService,
  type ConfigurationStatus,
  type GetStatusResponse,
} from "../../gen/axonflow/gateway/v1/admin_pb.ts";
import type { CallOptions } from "./call-options.ts";

/**
 * The live state of the one gateway process that answers, and its levers; needs a licence key that the gateway's
 * AXONFLOW_ADMIN_KEYS names. Changes hold from the next call on, until the process ends.
 */
export interface AdminClient {
  getStatus(options?: CallOptions): Promise<GetStatusResponse>;
  /** Replaces all weights, so a provider that is missing gets no calls. Gives what holds now. */
  setRoutingWeights(
    weights: Readonly<Record<string, number>>,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, number>>>;
  /** Gives `bedrock` or `bedrock/us-east-1` no new calls. Gives all drained places. */
  drainPlace(place: string, options?: CallOptions): Promise<readonly string[]>;
  /** Lets it serve again. Gives the places that are still drained. */
  undrainPlace(place: string, options?: CallOptions): Promise<readonly string[]>;
  /** Makes the gateway read its configuration again: all of it holds from the next call on, or nothing changes. */
  reload(options?: CallOptions): Promise<ConfigurationStatus | undefined>;
}

/** Makes one call; every failure is a `GatewayCallError`. */
export type CallOnce = <T>(
  send: (options: ConnectCallOptions) => Promise<T>,
  options: CallOptions | undefined,
) => Promise<T>;

export function createAdminClient(transport: Transport, callOnce: CallOnce): AdminClient {
  const admin = createClient(AdminService, transport);
  return {
    getStatus: (options) => callOnce((sent) => admin.getStatus({}, sent), options),
    async setRoutingWeights(weights, options) {
      const request = { weights: { ...weights } };
      const set = await callOnce((sent) => admin.setRoutingWeights(request, sent), options);
      return set.routingWeights;
    },
    async drainPlace(place, options) {
      const drained = await callOnce((sent) => admin.drainPlace({ place }, sent), options);
      return drained.drainedPlaces;
    },
    async undrainPlace(place, options) {
      const undrained = await callOnce((sent) => admin.undrainPlace({ place }, sent), options);
      return undrained.drainedPlaces;
    },
    async reload(options) {
      const reloaded = await callOnce((sent) => admin.reload({}, sent), options);
      return reloaded.configuration;
    },
  };
}
