import { create } from "@bufbuild/protobuf";
import {
  type DrainPlaceRequest,
  type DrainPlaceResponse,
  DrainPlaceResponseSchema,
  type GetStatusRequest,
  type GetStatusResponse,
  type ReloadRequest,
  type ReloadResponse,
  ReloadResponseSchema,
  type SetRoutingWeightsRequest,
  type SetRoutingWeightsResponse,
  SetRoutingWeightsResponseSchema,
  type UndrainPlaceRequest,
  type UndrainPlaceResponse,
  UndrainPlaceResponseSchema,
} from "../../gen/axonflow/gateway/v1/admin_pb.ts";
import { configurationStatus, createStatus, type StatusSources } from "./admin-status.ts";
import type { Gate } from "./gate.ts";
import type { Operator, Operators } from "./operators.ts";

/** What the doors answer for AdminService. */
export interface Admin {
  getStatus(request: GetStatusRequest, operator: Operator): GetStatusResponse;
  setRoutingWeights(
    request: SetRoutingWeightsRequest,
    operator: Operator,
  ): Promise<SetRoutingWeightsResponse>;
  drainPlace(request: DrainPlaceRequest, operator: Operator): Promise<DrainPlaceResponse>;
  undrainPlace(request: UndrainPlaceRequest, operator: Operator): Promise<UndrainPlaceResponse>;
  reload(request: ReloadRequest, operator: Operator): Promise<ReloadResponse>;
}

export interface AdminOptions extends StatusSources {
  readonly gate: Gate;
  readonly operators: Operators;
}

/** The live state and its levers behind the doors. Every change is on record, with the name of who made it, before it is made. */
export function createAdmin({ gate, operators, ...sources }: AdminOptions): Admin {
  const { traffic, configuration } = sources;
  const { admit, change } = operators;
  const status = createStatus(sources);
  return {
    getStatus(_, operator) {
      admit(operator);
      return status(gate.visitors);
    },
    async setRoutingWeights({ weights }, operator) {
      admit(operator);
      const detail = { weights };
      const done = "the routing weights were changed";
      await change(operator, { action: "weights.set", detail, done }, () =>
        traffic.setWeights(new Map(Object.entries(weights))),
      );
      const routingWeights = Object.fromEntries(traffic.weights ?? []);
      return create(SetRoutingWeightsResponseSchema, { routingWeights });
    },
    async drainPlace({ place }, operator) {
      admit(operator);
      const done = "a place was drained";
      await change(operator, { action: "places.drain", detail: { place }, done }, () =>
        traffic.drain(place),
      );
      return create(DrainPlaceResponseSchema, { drainedPlaces: [...traffic.drained] });
    },
    async undrainPlace({ place }, operator) {
      admit(operator);
      const done = "a drained place serves again";
      await change(operator, { action: "places.undrain", detail: { place }, done }, () =>
        traffic.undrain(place),
      );
      return create(UndrainPlaceResponseSchema, { drainedPlaces: [...traffic.drained] });
    },
    async reload(_, operator) {
      admit(operator);
      const done = "an operator reloaded the configuration";
      const state = await change(
        operator,
        { action: "configuration.reload", detail: {}, done },
        () => configuration.reload(),
      );
      return create(ReloadResponseSchema, { configuration: configurationStatus(state) });
    },
  };
}
