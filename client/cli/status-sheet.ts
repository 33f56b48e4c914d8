import { durationMs, type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import type {
  ConfigurationStatus,
  FirstEventTimes,
} from "../../gen/axonflow/gateway/v1/admin_pb.ts";
import { CircuitState, type EndpointStatus, type GetStatusResponse } from "../sdk/node.ts";
import { durationWords } from "./duration-words.ts";
import { table } from "./table.ts";
import { weightsSheet } from "./weights-sheet.ts";

/** The live state as a page for the terminal. */
export function statusSheet(status: GetStatusResponse): string {
  return [
    headLines(status),
    placesTable(status),
    weightsSheet(status.routingWeights),
    endpointsTable(status.endpoints),
    `layers: ${status.layers.map(({ name }) => name).join(" > ")}\n`,
  ].join("\n");
}

/** What every call passes on its way to a provider, layer by layer, and why in this order. */
export function pipelineSheet({ layers }: GetStatusResponse): string {
  return table([
    ["LAYER", "WHY IT STANDS THERE"],
    ...layers.map(({ name, reason }) => [name, reason]),
  ]);
}

function headLines({ version, uptime, callsInFlight, ...status }: GetStatusResponse): string {
  const { retryBudget, idempotency } = status;
  const up = uptime ? durationWords(durationMs(uptime)) : "-";
  const retries = `${Math.floor(retryBudget?.available ?? 0)} can be made, ${retryBudget?.refused ?? 0n} were refused`;
  const kept = `${idempotency?.kept ?? 0} kept, ${idempotency?.running ?? 0} under way, ${mebibytes(idempotency?.bytes ?? 0n)}`;
  return [
    `AxonFlow Gateway ${version}, up ${up}, calls under way: ${callsInFlight}\n`,
    `retries: ${retries}\n`,
    `answers by idempotency-key: ${kept}\n`,
    configurationLines(status.configuration),
  ].join("");
}

/** Which configuration holds, and what was wrong with one that was refused since. */
function configurationLines(configuration: ConfigurationStatus | undefined): string {
  if (!configuration) return "";
  const { generation, loadTime, problems, refuseTime } = configuration;
  const since = loadTime ? `, since ${instantWords(loadTime)}` : "";
  const held = `configuration: generation ${generation}${since}\n`;
  if (problems.length === 0) return held;
  const when = refuseTime ? ` at ${instantWords(refuseTime)}` : "";
  return `${held}${[`a newer one was refused${when}:`, ...problems].join("\n  ")}\n`;
}

function instantWords(instant: Timestamp): string {
  return timestampDate(instant)
    .toISOString()
    .replace(/\.\d+Z$/, "Z");
}

function mebibytes(bytes: bigint): string {
  return `${(Number(bytes) / 2 ** 20).toFixed(1)} MiB`;
}

function placesTable({ places }: GetStatusResponse): string {
  const rows = places.map(({ place, drained }) => [place, drained ? "drained" : "serving"]);
  return table([["PLACE", "NEW CALLS"], ...rows]);
}

const heads = [
  "ENDPOINT",
  "CIRCUIT",
  "IN FLIGHT",
  "ANSWERED",
  "FAILED",
  "STREAM P50",
  "P99",
  "UNARY P50",
  "P99",
];
const numberColumns = [2, 3, 4, 5, 6, 7, 8];

function endpointsTable(endpoints: readonly EndpointStatus[]): string {
  if (endpoints.length === 0) return "No endpoint has been asked yet.\n";
  const rows = endpoints.map((endpoint) => [
    endpoint.endpoint,
    circuitWords(endpoint),
    String(endpoint.inFlight),
    String(endpoint.answered),
    String(endpoint.failed),
    ...times(endpoint.stream),
    ...times(endpoint.unary),
  ]);
  return table([heads, ...rows], numberColumns);
}

function circuitWords({ circuit, probeIn }: EndpointStatus): string {
  switch (circuit) {
    case CircuitState.CLOSED:
      return "closed";
    case CircuitState.OPEN:
      return probeIn ? `OPEN, tries again in ${durationWords(durationMs(probeIn))}` : "OPEN";
    case CircuitState.HALF_OPEN:
      return "half-open, one call is trying";
    default:
      return "-";
  }
}

function times(first: FirstEventTimes | undefined): [string, string] {
  return first ? [milliseconds(first.p50Ms), milliseconds(first.p99Ms)] : ["-", "-"];
}

function milliseconds(ms: number): string {
  return `${Math.round(ms)} ms`;
}
