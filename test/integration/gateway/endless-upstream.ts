import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeChunk } from "../../../emulator/event-stream.ts";

/** A Bedrock whose every answer streams text for ever, as fast as it is read. */
export interface EndlessUpstream {
  readonly url: string;
  /** Resolves when `count` answers are open and none of them got a byte further while `meanwhile` ran twenty times. */
  untilStalled(count: number, meanwhile: () => Promise<unknown>): Promise<void>;
  /** Resolves when every reader has left. */
  untilLeft(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it on a free port. It signs nothing, checks nothing, and holds one block of bytes. */
export async function startEndlessUpstream(): Promise<EndlessUpstream> {
  const open = new Set<ServerResponse>();
  let written = 0;
  const server = createServer((request, response) => {
    request.resume();
    open.add(response);
    response.once("close", () => open.delete(response));
    response.writeHead(200, {
      "content-type": "application/vnd.amazon.eventstream",
      "x-amzn-bedrock-content-type": "application/json",
    });
    response.write(beginning);
    const pump = () => {
      while (!response.destroyed) {
        written += block.length;
        if (!response.write(block)) return void response.once("drain", pump);
      }
    };
    pump();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async untilStalled(count, meanwhile) {
      let last = -1;
      while (open.size < count || written !== last) {
        last = written;
        for (let turn = 0; turn < 20; turn++) await meanwhile();
      }
    },
    async untilLeft() {
      while (open.size > 0) await Promise.all([...open].map((response) => once(response, "close")));
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const beginning = encodeChunk(
  JSON.stringify({
    type: "message_start",
    message: { role: "assistant", content: [], usage: { input_tokens: 3, output_tokens: 1 } },
  }),
  "ab",
);

/** Sixty-four KiB or so in long deltas: the kernel's own socket buffers have to fill before anybody feels a stopped reader. */
const block = Buffer.concat(
  Array.from({ length: 12 }, () =>
    encodeChunk(
      JSON.stringify({
        type: "content_block_delta",
        index: 0,
        delta: { type: "text_delta", text: " endless".repeat(500) },
      }),
      "abcdef",
    ),
  ),
);
