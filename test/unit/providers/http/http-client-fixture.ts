import { once } from "node:events";
import { createServer } from "node:net";
import { after } from "node:test";
import {
  createHttpClient,
  type HttpClient,
} from "../../../../server/providers/http/http-client.ts";
import {
  type SocketRequest,
  type SocketServer,
  startSocketServer,
} from "../../../fakes/socket-server.ts";

const open: { close(): unknown }[] = [];
after(() => Promise.all(open.map((one) => one.close())));

/** A server that answers as the test says; it closes with the tests of its file. */
export async function serverThat(answer: (request: SocketRequest) => void): Promise<SocketServer> {
  const server = await startSocketServer(answer);
  open.push(server);
  return server;
}

/** A client that closes with the tests of its file. */
export function clientOf(
  { origin }: { readonly origin: string },
  options: Partial<Parameters<typeof createHttpClient>[0]> = {},
): HttpClient {
  const client = createHttpClient({ origin, ...options });
  open.push(client);
  return client;
}

/** A server that takes connections and never answers the TLS handshake. */
export async function muteServer() {
  const accepted = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    accepted.resolve();
    socket.resume().once("close", () => closed.resolve());
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(server);
  const { port } = server.address() as { port: number };
  return {
    origin: `https://127.0.0.1:${port}`,
    accepted: accepted.promise,
    closed: closed.promise,
  };
}

/** What the tests send. */
export const request = { path: "/p", headers: ["x-name", "value"], body: "body" };
/** A signal that never aborts. */
export const never = new AbortController().signal;
/** No body of the tests is longer. */
export const limitBytes = 1_000_000;

/** Sends, and gives the whole body as text. */
export async function ask(client: HttpClient, signal = never): Promise<string> {
  const { body } = await client.send(request, signal);
  return (await body.whole(limitBytes)).toString();
}
