import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A server that does what a test says with every connection, down to the byte. */
export interface SocketServer {
  readonly origin: string;
  /** Connections so far. */
  readonly count: number;
  /** Requests so far, each as text up to the end of its body. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** One request, and the connection that it came by. */
export interface SocketRequest {
  readonly socket: Socket;
  /** Which connection this is, and which request on it, from 1. */
  readonly connection: number;
  readonly nth: number;
}

/** Starts one on loopback; `answer` runs for every request that has come whole. */
export async function startSocketServer(
  answer: (request: SocketRequest) => void,
): Promise<SocketServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    const connection = count;
    let nth = 0;
    let read = "";
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    socket.on("data", (bytes) => {
      read += bytes.toString("latin1");
      const bodyAt = read.indexOf("\r\n\r\n") + 4;
      const length = Number(/content-length: (\d+)/i.exec(read)?.[1] ?? 0);
      if (bodyAt < 4 || read.length < bodyAt + length) return;
      requests.push(read);
      read = "";
      nth += 1;
      answer({ socket, connection, nth });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get count() {
      return count;
    },
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A whole response with a body of known length. */
export function responseOf(body: string, { status = 200, headers = "" } = {}): string {
  return `HTTP/1.1 ${status} X\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
