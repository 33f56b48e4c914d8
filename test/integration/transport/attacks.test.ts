import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { createGatewayClient } from "../../../client/sdk/node.ts";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { type GatewayProcess, startGatewayProcess } from "../gateway/gateway-process.ts";
import { type Attacker, attack, attackHttp2 } from "./attacker.ts";
import { flags, frame, headerBlock, initialWindowSize, settings, uint32 } from "./http2-frames.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const licenseKey = "attacked-license-key-1";

/** How many connections that do nothing. */
const idlers = isLong ? 10_000 : 300;
/** Rounds of a flood, each of a hundred frames; the gateway ends it long before. */
const rounds = isLong ? 20_000 : 2000;
/** What all attacks together may leave in the gateway's memory. */
const mostGrownBytes = (isLong ? 500 : 250) * 2 ** 20;

const path = "/axonflow.gateway.v1.CompletionService/Complete";
const request = {
  ":method": "POST",
  ":scheme": "http",
  ":path": path,
  ":authority": "127.0.0.1",
  "content-type": "application/grpc",
  te: "trailers",
};
const known = { ...request, authorization: `Bearer ${licenseKey}` };
/** `prompt: "Hi."` in an envelope. */
const message = Buffer.from("00000000050a0348692e", "hex");

const streamOf = (number: number) => number * 2 + 1;
const headers = (stream: number, block: Buffer, flag: number = flags.endHeaders) =>
  frame("headers", { stream, flag, payload: block });
const hundred = (round: number, one: (number: number) => Buffer) =>
  Buffer.concat(Array.from({ length: 100 }, (_, index) => one(round * 100 + index)));

describe("a gateway under attack serves everybody else", () => {
  let emulator: Emulator;
  let gateway: GatewayProcess;
  let startBytes = 0;
  before(async () => {
    emulator = await createEmulator();
    gateway = await startGatewayProcess({
      AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_ENDPOINT_URL: emulator.url,
      AXONFLOW_MAX_CONNECTIONS: "20000",
      AXONFLOW_HANDSHAKE_TIMEOUT_MS: isLong ? "10000" : "1500",
      AXONFLOW_IDLE_CONNECTION_MS: isLong ? "10000" : "1500",
      AXONFLOW_BODY_TIMEOUT_MS: "2000",
      AXONFLOW_CALL_TIMEOUT_MS: "3000",
    });
    startBytes = gateway.residentBytes();
  });
  after(async () => {
    gateway.child.kill("SIGKILL");
    await gateway.exited;
    await emulator.close();
  });

  const portOf = (url: string) => Number(new URL(url).port);
  const doors = [
    ["gRPC", () => portOf(gateway.grpcUrl)],
    ["HTTP", () => portOf(gateway.httpUrl)],
  ] as const;

  /** Calls on both ports for as long as the attack lasts; each has to be answered. */
  async function meanwhile(t: TestContext, attackers: () => Promise<void>): Promise<void> {
    const begunAtMs = performance.now();
    let isOver = false;
    const attacked = attackers().finally(() => {
      isOver = true;
    });
    const clients = [
      createGatewayClient({ url: gateway.grpcUrl, licenseKey }),
      createGatewayClient({ url: gateway.httpUrl, licenseKey, transport: "connect" }),
    ];
    let answered = 0;
    do {
      for (const client of clients) {
        const { content } = await client.complete("Hi.");
        assert.notEqual(content, "");
        answered += 1;
      }
    } while (!isOver);
    for (const client of clients) client.close();
    await attacked;
    const grown = Math.round((gateway.residentBytes() - startBytes) / 2 ** 20);
    const tookMs = Math.round(performance.now() - begunAtMs);
    t.diagnostic(
      `${answered} others answered in ${tookMs} ms; ${grown} MiB more than at the start`,
    );
    assert.ok(gateway.residentBytes() - startBytes < mostGrownBytes, `${grown} MiB more`);
    const faults = gateway.lines.filter(({ level }) => Number(level) >= 50);
    assert.deepEqual(faults, []);
    assert.equal(gateway.child.exitCode, null);
  }

  /** What is ended by the gateway before it has come to its end. */
  async function untilEnded(attacker: Attacker, bytes: (round: number) => Buffer): Promise<void> {
    await attacker.flood(bytes, rounds);
    await attacker.ended;
  }

  /** Until there was an answer for each of so many streams: RST_STREAM alone takes thirteen bytes. */
  async function untilHeard(attacker: Attacker, streams: number): Promise<void> {
    while (attacker.heardBytes < streams * 13 && !attacker.isEnded) {
      await new Promise(setImmediate);
    }
    attacker.leave();
  }

  for (const [door, port] of doors) {
    describe(`on the ${door} port`, () => {
      it("ends who opens and resets streams without end (CVE-2023-44487)", async (t) => {
        const block = headerBlock(known);
        const reset = uint32(8);
        await meanwhile(t, async () => {
          const attacker = await attackHttp2(port());
          await untilEnded(attacker, (round) =>
            hundred(round, (number) => {
              const stream = streamOf(number);
              return Buffer.concat([
                headers(stream, block),
                frame("reset", { stream, payload: reset }),
              ]);
            }),
          );
        });
      });

      it("ends who continues headers without end (CVE-2024-27316)", async (t) => {
        const more = headerBlock({ "x-more": "y".repeat(100) });
        await meanwhile(t, async () => {
          const attacker = await attackHttp2(port());
          attacker.socket.write(headers(1, headerBlock(request), 0));
          const next = frame("continuation", { stream: 1, payload: more });
          await untilEnded(attacker, (round) => hundred(round, () => next));
        });
      });

      it("ends who continues headers with nothing, without end", async (t) => {
        await meanwhile(t, async () => {
          const attacker = await attackHttp2(port());
          attacker.socket.write(headers(1, headerBlock(request), 0));
          const next = frame("continuation", { stream: 1 });
          await untilEnded(attacker, (round) => hundred(round, () => next));
        });
      });

      for (const [about, one] of [
        ["SETTINGS", settings({ 3: 100 })],
        ["PING", frame("ping", { payload: Buffer.alloc(8) })],
      ] as const) {
        it(`ends who sends ${about} without end and reads no answer`, async (t) => {
          await meanwhile(t, async () => {
            const attacker = await attackHttp2(port(), { isDeaf: true });
            await attacker.flood((round) => hundred(round, () => one), rounds);
            // Deaf as it is, it hears of the end when it goes on writing.
            while (!attacker.isEnded) await attacker.flood(() => one, 100);
          });
        });
      }

      it("ends who sends DATA of no bytes without end", async (t) => {
        await meanwhile(t, async () => {
          const attacker = await attackHttp2(port());
          attacker.socket.write(headers(1, headerBlock(known)));
          const empty = frame("data", { stream: 1 });
          await untilEnded(attacker, (round) => hundred(round, () => empty));
        });
      });

      it("ends who sends frames that make no sense", async (t) => {
        await meanwhile(t, async () => {
          for (const nonsense of [
            frame("windowUpdate", { payload: uint32(0) }),
            frame("data", { stream: 0, payload: message }),
            frame("settings", { payload: Buffer.alloc(5) }),
            frame("ping", { payload: Buffer.alloc(7) }),
            frame("headers", { stream: 2, flag: flags.endHeaders, payload: headerBlock(known) }),
            frame("headers", {
              stream: 1,
              flag: flags.endHeaders,
              payload: Buffer.alloc(50, 0xff),
            }),
            frame("headers", { stream: 1, flag: flags.padded, payload: Buffer.from([255]) }),
            frame("continuation", { stream: 1, flag: flags.endHeaders }),
            Buffer.alloc(100, 0xff),
          ]) {
            const attacker = await attackHttp2(port());
            attacker.socket.write(nonsense);
            await attacker.ended;
          }
        });
      });

      it("refuses headers beyond number and size, on every stream anew", async (t) => {
        const many = Buffer.concat([
          headerBlock(known),
          ...Array.from({ length: 300 }, (_, index) => headerBlock({ [`x-${index}`]: "y" })),
        ]);
        const large = Buffer.concat([
          headerBlock(known),
          headerBlock({ "x-large": "y".repeat(15_000) }),
        ]);
        await meanwhile(t, async () => {
          for (const block of [
            many,
            Buffer.concat([large, headerBlock({ "x-more": "y".repeat(1000) })]),
          ]) {
            const attacker = await attackHttp2(port());
            await attacker.flood((round) => headers(streamOf(round), block), 1000);
            await untilHeard(attacker, 1000);
          }
        });
      });

      it("keeps no answer for long that a window of no bytes holds up", async (t) => {
        const closed = { [initialWindowSize]: 0 };
        await meanwhile(t, async () => {
          const attacker = await attackHttp2(port(), { values: closed });
          const block = headerBlock(known);
          await attacker.flood((round) => {
            const stream = streamOf(round);
            const data = frame("data", { stream, flag: flags.endStream, payload: message });
            return Buffer.concat([headers(stream, block), data]);
          }, 200);
          await untilHeard(attacker, 200);
        });
      });
    });
  }

  it(`lets ${idlers} connections go that never speak, or say no more than what they speak`, async (t) => {
    await meanwhile(t, async () => {
      const all: Attacker[] = [];
      for (let count = 0; count < idlers / 4; count += 1) {
        for (const [, port] of doors) all.push(await attack(port()), await attackHttp2(port()));
      }
      await Promise.all(all.map(({ ended }) => ended));
    });
  });

  it("ends who writes headers or a body over HTTP/1.1 too slowly", async (t) => {
    const head = `POST /v1/complete HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${licenseKey}\r\n`;
    await meanwhile(t, async () => {
      const slow = [
        [head, "x-slow: 1\r\n"],
        [`${head}content-length: 100000\r\n\r\n`, " "],
        [`${head}transfer-encoding: chunked\r\n\r\n`, "1\r\n \r\n"],
        ["P", "R"],
      ].map(async ([begin = "", drop = ""]) => {
        const attacker = await attack(portOf(gateway.httpUrl));
        attacker.socket.write(begin);
        const drip = setInterval(() => attacker.socket.write(drop), 100);
        await attacker.ended;
        clearInterval(drip);
      });
      await Promise.all(slow);
    });
  });
});
