import type { Call, RoutedCall } from "../core/call.ts";
import type { Layer } from "../core/layer.ts";
import type { Routes } from "./routes.ts";

/** Turns the model's name into the endpoints that may serve it, in the order in which they are asked. */
export function router({ routes }: { readonly routes: Routes }): Layer<Call, RoutedCall> {
  return {
    name: "router",
    wrap: (next) => async (call) => next({ ...call, route: routes(call) }),
  };
}
