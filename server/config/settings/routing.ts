import { oneOf, type SettingsTable } from "../setting.ts";

/** Which endpoints may serve, and in which order they are asked. */
export interface RoutingSettings {
  readonly routingOrder: "priority" | "weight" | "cost" | "latency" | undefined;
}

/** How each is named and read. */
export const routingSettingsTable: SettingsTable<RoutingSettings> = {
  routingOrder: {
    env: "AXONFLOW_ROUTING_ORDER",
    yaml: "RoutingOrder",
    summary:
      "priority, weight, cost or latency. Not set: weight where routing_weights are, else priority.",
    read: oneOf("priority", "weight", "cost", "latency"),
  },
};
