import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { createMailbox, type Mailbox } from "./mailbox.ts";

/** One metric of a PutMetricData call, as it stood in the request's JSON. */
export interface PutDatum {
  readonly MetricName: string;
  readonly Unit: string;
  /** Seconds since 1970. */
  readonly Timestamp: number;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly Values: readonly number[];
  readonly Counts: readonly number[];
}

/** One call. */
export interface PutCall {
  readonly namespace: string;
  readonly data: readonly PutDatum[];
  /** Names the key, the region and the service that signed. */
  readonly authorization: string;
  /** The whole body, for claims of what is not in it. */
  readonly body: string;
}

/** CloudWatch's side of PutMetricData on loopback, in the protocol that the SDK speaks (AWS JSON 1.0). */
export interface MetricEndpoint {
  readonly url: string;
  readonly calls: Mailbox<PutCall>;
  /** What happens to calls from now on. */
  behave(how: "take" | "refuse" | "hang"): void;
  close(): void;
}

export async function startMetricEndpoint(): Promise<MetricEndpoint> {
  const calls = createMailbox<PutCall>();
  let behaviour: "take" | "refuse" | "hang" = "take";
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (request.headers["x-amz-target"] !== "GraniteServiceVersion20100801.PutMetricData") {
      response.writeHead(404).end();
      return;
    }
    const { Namespace: namespace, MetricData: data } = JSON.parse(body);
    calls.put({ namespace, data, authorization: request.headers.authorization ?? "", body });
    if (behaviour === "hang") return;
    response.writeHead(behaviour === "take" ? 200 : 400, {
      "content-type": "application/x-amz-json-1.0",
    });
    response.end(behaviour === "take" ? "{}" : '{"__type":"InvalidParameterValueException"}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    behave(how) {
      behaviour = how;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString();
}

/** How often each value came, under exactly these dimensions, over all calls. */
export function valuesOf(
  calls: readonly PutCall[],
  name: string,
  dimensions: Readonly<Record<string, string>> = {},
): ReadonlyMap<number, number> {
  const wanted = JSON.stringify(dimensions);
  const found = new Map<number, number>();
  for (const { MetricName, Dimensions, Values, Counts } of calls.flatMap(({ data }) => data)) {
    const own = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
    if (MetricName !== name || JSON.stringify(own) !== wanted) continue;
    for (const [at, value] of Values.entries()) {
      found.set(value, (found.get(value) ?? 0) + (Counts[at] ?? 0));
    }
  }
  return found;
}
