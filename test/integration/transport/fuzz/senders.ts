import { Agent, request as requestHttp1 } from "node:http";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import type { Input } from "./inputs.ts";

/** What came back of one input. */
export interface Outcome {
  readonly kind: "answered" | "closed" | "overdue" | "unsendable";
  /** Status lines, statuses and bodies, as one text. */
  readonly said: string;
}

/** Sends one input and waits for what becomes of it. Never rejects. */
export type Send = (input: Input) => Promise<Outcome>;

/** No answer may take longer, whatever is sent. */
const overdueMs = 15_000;

/** Of an answer no more is kept. */
const mostKept = 64 * 1024;

/** Over one HTTP/2 connection at a time; another one follows when it ends. */
export function createHttp2Sender(port: number): { send: Send; close(): void } {
  let session: ClientHttp2Session | undefined;
  const connected = () => {
    if (session && !session.closed && !session.destroyed) return session;
    // Node's client counts what it could not send any more for as long as the connection lives, and refuses its own calls then.
    session = connectHttp2(`http://127.0.0.1:${port}`, { maxSessionMemory: 10_000 });
    session.on("error", () => {});
    return session;
  };
  return {
    send: ({ path, headers, body }) =>
      outcome((settle) => {
        const stream = connected().request({ ...headers, ":path": path, ":method": "POST" });
        let said = "";
        const hear = (more: unknown) => {
          if (said.length < mostKept) said += more;
        };
        for (const event of ["response", "trailers"]) {
          stream.on(event, (found) => hear(`${JSON.stringify(found)}\n`));
        }
        stream.on("data", (chunk: Buffer) => hear(chunk.toString("latin1")));
        stream.on("error", () => {});
        stream.on("close", () => settle({ kind: said === "" ? "closed" : "answered", said }));
        stream.end(body);
        return () => stream.destroy();
      }),
    close: () => session?.destroy(),
  };
}

/** Over HTTP/1.1, on kept connections. */
export function createHttp1Sender(port: number): { send: Send; close(): void } {
  const agent = new Agent({ keepAlive: true });
  return {
    send: ({ path, headers, body }) =>
      outcome((settle) => {
        const options = { port, host: "127.0.0.1", method: "POST", path, headers, agent };
        const request = requestHttp1(options, (response) => {
          let said = `${response.statusCode} ${JSON.stringify(response.headers)}\n`;
          response.on("data", (chunk: Buffer) => {
            if (said.length < mostKept) said += chunk.toString("latin1");
          });
          response.on("close", () => {
            said += JSON.stringify(response.trailers);
            settle({ kind: "answered", said });
          });
          response.on("error", () => {});
        });
        request.on("error", () => settle({ kind: "closed", said: "" }));
        request.end(body);
        return () => request.destroy();
      }),
    close: () => agent.destroy(),
  };
}

/** Bytes as they are, on a connection of their own; nothing more is sent after them. */
export function sendRaw(port: number, bytes: Buffer): Promise<Outcome> {
  return outcome((settle) => {
    const socket = connectTcp(port, "127.0.0.1");
    let said = "";
    socket.on("data", (chunk) => {
      if (said.length < mostKept) said += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => settle({ kind: said === "" ? "closed" : "answered", said }));
    socket.end(bytes);
    return () => socket.destroy();
  });
}

function outcome(begin: (settle: (outcome: Outcome) => void) => () => void): Promise<Outcome> {
  return new Promise((resolve) => {
    let giveUp = () => {};
    const overdue = setTimeout(() => {
      resolve({ kind: "overdue", said: "" });
      giveUp();
    }, overdueMs);
    const settle = (found: Outcome) => {
      clearTimeout(overdue);
      resolve(found);
    };
    try {
      giveUp = begin(settle);
    } catch (error) {
      // The client itself would not send it: what is sent as raw bytes covers that.
      settle({ kind: "unsendable", said: String(error) });
    }
  });
}
