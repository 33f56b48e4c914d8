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
  ): SetRoutingWeightsResponse;
  drainPlace(request: DrainPlaceRequest, operator: Operator): DrainPlaceResponse;
  undrainPlace(request: UndrainPlaceRequest, operator: Operator): UndrainPlaceResponse;
  reload(request: ReloadRequest, operator: Operator): ReloadResponse;
}

export interface AdminOptions extends StatusSources {
  readonly gate: Gate;
  readonly operators: Operators;
}

/** The live state and its levers behind the doors. Every change is logged with the name of who made it. */
export function createAdmin({ gate, operators, ...sources }: AdminOptions): Admin {
  const { traffic, configuration } = sources;
  const { admit, changed } = operators;
  const status = createStatus(sources);
  return {
    getStatus(_, operator) {
      admit(operator);
      return status(gate.visitors);
    },
    setRoutingWeights({ weights }, operator) {
      admit(operator);
      traffic.setWeights(new Map(Object.entries(weights)));
      const routingWeights = Object.fromEntries(traffic.weights ?? []);
      changed(operator, { routingWeights }, "the routing weights were changed");
      return create(SetRoutingWeightsResponseSchema, { routingWeights });
    },
    drainPlace({ place }, operator) {
      admit(operator);
      traffic.drain(place);
      changed(operator, { place }, "a place was drained");
      return create(DrainPlaceResponseSchema, { drainedPlaces: [...traffic.drained] });
    },
    undrainPlace({ place }, operator) {
      admit(operator);
      traffic.undrain(place);
      changed(operator, { place }, "a drained place serves again");
      return create(UndrainPlaceResponseSchema, { drainedPlaces: [...traffic.drained] });
    },
    reload(_, operator) {
      admit(operator);
      const state = configuration.reload();
      changed(operator, { generation: state.generation }, "an operator reloaded the configuration");
      return create(ReloadResponseSchema, { configuration: configurationStatus(state) });
    },
  };
}
