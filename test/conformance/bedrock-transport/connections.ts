import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { encodeChunk } from "../../../emulator/event-stream.ts";
import type { Transport } from "../../../server/providers/bedrock/transport/transport.ts";
import {
  responseOf,
  type SocketRequest,
  type SocketServer,
  startSocketServer,
} from "../../fakes/socket-server.ts";
import type { TransportCase } from "../bedrock-transport-suite.ts";
import { emulatorKeys, question, readAll, setAwsEnvironment, staying } from "./stage.ts";

const hour = 3_600_000;

/** What the connections under a transport do; the server here is one that a test holds in its hands. */
export function connections(subject: TransportCase): void {
  describe("keeps connections", () => {
    const open: { close(): unknown }[] = [];
    after(() => Promise.all(open.map((one) => one.close())));

    async function against(
      answer: (request: SocketRequest, server: () => SocketServer) => void,
    ): Promise<{ server: SocketServer; transport: Transport }> {
      setAwsEnvironment(emulatorKeys);
      const server: SocketServer = await startSocketServer((one) => answer(one, () => server));
      const transport = subject.create({ region: "us-east-1", endpointUrl: server.origin });
      open.push(transport, server);
      return { server, transport };
    }

    it("for one call after another", async () => {
      const { server, transport } = await against(({ socket }) => socket.write(responseOf("{}")));
      for (let call = 0; call < 5; call++) await transport.whole(question("invoke"), staying);
      assert.deepEqual([server.count, server.requests.length], [1, 5]);
    });

    it("for one stream after another, read to its end", async () => {
      const frames = Buffer.concat([encodeChunk("1", "ab"), encodeChunk("2", "ab")]);
      const head = `HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\ncontent-length: ${frames.length}\r\n\r\n`;
      const { server, transport } = await against(({ socket }) =>
        socket.write(Buffer.concat([Buffer.from(head), frames])),
      );
      for (let call = 0; call < 5; call++) {
        const { events } = await readAll(transport.stream(question("invoke"), staying));
        assert.deepEqual(events, [1, 2]);
      }
      assert.equal(server.count, 1);
    });

    it("after a refusal", async () => {
      const { server, transport } = await against(({ socket, nth }) =>
        socket.write(responseOf("{}", { status: nth === 1 ? 400 : 200 })),
      );
      await assert.rejects(transport.whole(question("invoke"), staying));
      await transport.whole(question("invoke"), staying);
      assert.equal(server.count, 1);
    });

    it("for calls at once as many as there are calls", async () => {
      const { server, transport } = await against(({ socket }) => socket.write(responseOf("{}")));
      const calls = Array.from({ length: 60 }, () => transport.whole(question("invoke"), staying));
      await Promise.all(calls);
      assert.ok(server.count > 50);
    });

    it("and the right time, when the machine's clock is wrong", async () => {
      const serverMs = Date.now() + hour;
      const { server, transport } = await against(({ socket }, at) => {
        const sent = /^x-amz-date: (.*)\r$/im.exec(at().requests.at(-1) ?? "")?.[1] ?? "";
        const isBelieved = Math.abs(basicDateMs(sent) - serverMs) < 300_000;
        const date = `date: ${new Date(serverMs).toUTCString()}\r\n`;
        const refusal = {
          status: 403,
          headers: `${date}x-amzn-errortype: InvalidSignatureException\r\n`,
        };
        socket.write(
          isBelieved
            ? responseOf("{}", { headers: date })
            : responseOf('{"message":"Signature expired"}', refusal),
        );
      });
      const first = transport.whole(question("invoke"), staying);
      if (subject.healsAtOnce) await first;
      else await assert.rejects(first, { name: "InvalidSignatureException" });
      await transport.whole(question("invoke"), staying);
      assert.equal(server.requests.length, subject.healsAtOnce ? 3 : 2);
    });

    it("and believes its own clock when the server's agrees, however often it is refused", async () => {
      const { server, transport } = await against(({ socket }) =>
        socket.write(
          responseOf('{"message":"no"}', {
            status: 403,
            headers: `date: ${new Date().toUTCString()}\r\nx-amzn-errortype: InvalidSignatureException\r\n`,
          }),
        ),
      );
      await assert.rejects(transport.whole(question("invoke"), staying), {
        name: "InvalidSignatureException",
      });
      assert.equal(server.requests.length, 1);
    });
  });
}

/** `20260101T000000Z` in milliseconds since the epoch. */
function basicDateMs(date: string): number {
  return Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
}
