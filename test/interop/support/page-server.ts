import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { PageOutcome } from "../browser/outcome.ts";

/** Serves one page and its script on loopback, and takes what the page posts back. */
export interface PageServer {
  readonly port: number;
  /** Waits for what a page posts from now on. */
  nextOutcome(): Promise<PageOutcome>;
  close(): Promise<void>;
}

const page = `<!doctype html><title>Interop</title><script type="module" src="/page.js"></script>`;

/** Starts a server for the page whose only script this is. */
export async function startPageServer(script: string): Promise<PageServer> {
  const outcomes = new EventEmitter();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://page");
    if (request.method === "POST" && pathname === "/outcome") {
      outcomes.emit("outcome", JSON.parse(await text(request)));
      response.writeHead(204).end();
    } else if (pathname === "/page.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    } else if (pathname === "/") {
      response.writeHead(200, { "content-type": "text/html" }).end(page);
    } else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async nextOutcome() {
      const [outcome] = await once(outcomes, "outcome");
      return outcome as PageOutcome;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
