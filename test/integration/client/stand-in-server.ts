import { once } from "node:events";
import { createServer as createHttp1Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { type Answers, standInRoutes } from "../../unit/client/stand-in-gateway.ts";

/** A gateway that says what the test wants it to say, on real sockets. */
export interface StandInServer {
  readonly httpUrl: string;
  readonly grpcUrl: string;
  close(): void;
}

/** Starts one: HTTP/1.1 for Connect and gRPC-Web, HTTP/2 in the clear for gRPC. */
export async function startStandInServer(answers: Answers): Promise<StandInServer> {
  const handler = connectNodeAdapter({ routes: standInRoutes(answers) });
  const http = createHttp1Server(handler).listen(0, "127.0.0.1");
  const grpc = createHttp2Server(handler).listen(0, "127.0.0.1");
  const sessions = new Set<{ destroy(): void }>();
  grpc.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  await Promise.all([once(http, "listening"), once(grpc, "listening")]);
  const urlOf = (server: { address(): unknown }) =>
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    httpUrl: urlOf(http),
    grpcUrl: urlOf(grpc),
    close() {
      http.close();
      http.closeAllConnections();
      grpc.close();
      for (const session of sessions) session.destroy();
    },
  };
}
