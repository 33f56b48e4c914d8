import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
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
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../core/error.ts";
import type { Log } from "../core/log.ts";
import { configurationStatus, createStatus, type StatusSources } from "./admin-status.ts";
import type { Gate } from "./gate.ts";
import type { Caller } from "./intake.ts";

/** Who wants to know, or to change something. */
type Operator = Pick<Caller, "principal" | "requestId">;

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
  readonly log: Log;
  /** The names of the licence keys that may come in here; undefined lets everybody, where no keys are asked for at all. */
  readonly adminKeys: ReadonlySet<string> | undefined;
}

/** The live state and its levers behind the doors. Every change is logged with the name of who made it. */
export function createAdmin({ gate, log, adminKeys, ...sources }: AdminOptions): Admin {
  const { traffic, configuration } = sources;
  const status = createStatus(sources);
  const admit = ({ principal }: Operator) => {
    if (adminKeys && !adminKeys.has(principal.name)) throw notAnAdmin(principal.name);
    gate.enter().leave();
  };
  const changed = ({ principal, requestId }: Operator, change: object, what: string) =>
    log.info({ principal: principal.name, requestId, ...change }, what);
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

function notAnAdmin(name: string): GatewayError {
  const remedy = `Name the licence key in AXONFLOW_ADMIN_KEYS (now it does not name ${name}) and restart the gateway, or use a key that is named there.`;
  return new GatewayError(
    Code.PermissionDenied,
    ErrorReason.PERMISSION_DENIED,
    `The licence key ${name} may not do this. ${remedy}`,
    { metadata: { remedy } },
  );
}
