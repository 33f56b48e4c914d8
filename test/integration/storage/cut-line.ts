import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A line to a server that a test can cut, and whose answers it can make vanish. */
export interface CutLine {
  readonly port: number;
  /** Ends all connections and takes no more. */
  cut(): void;
  mend(): void;
  /** New connections go to another port: the address has another server behind it. */
  turnTo(target: number): void;
  /** Once the server is told `words`, nothing that it says arrives any more, until the line is mended. */
  muffleAfter(words: string): void;
  close(): Promise<void>;
}

/** Listens on loopback and passes everything on to another port there. */
export async function openCutLine(target: number): Promise<CutLine> {
  const sockets = new Set<Socket>();
  let behind = target;
  let isCut = false;
  let isMuffled = false;
  let lastWords: string | undefined;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(behind, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {});
      from.once("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on("data", (bytes) => {
        if (from === near && lastWords && bytes.includes(lastWords)) isMuffled = true;
        if (from === near || !isMuffled) to.write(bytes);
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend() {
      isCut = false;
      isMuffled = false;
      lastWords = undefined;
    },
    turnTo(other) {
      behind = other;
    },
    muffleAfter(words) {
      lastWords = words;
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
