import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createGatewayClient } from "../../../client/sdk/node.ts";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { type GatewayProcess, startGatewayProcess } from "../gateway/gateway-process.ts";
import { type Chance, createChance } from "./fuzz/chance.ts";
import { connectInput, grpcInput, type Input, restInput } from "./fuzz/inputs.ts";
import { mutateBytes } from "./fuzz/mutations.ts";
import {
  createHttp1Sender,
  createHttp2Sender,
  type Outcome,
  type Send,
  sendRaw,
} from "./fuzz/senders.ts";
import { flags, frame, headerBlock, preface, settings } from "./http2-frames.ts";

/** All doors together. */
const usual = process.env.AXONFLOW_TEST_LENGTH === "long" ? 200_000 : 3200;
const inputs = Number(process.env.AXONFLOW_FUZZ_INPUTS ?? usual);
const seed = Number(process.env.AXONFLOW_FUZZ_SEED ?? 20_261_123);
const batch = 1000;
/** So many are under way at once. */
const workers = 48;
/** What garbage and caches may add to a gateway's memory, however many inputs there are. */
const mostGrownBytes = 300 * 2 ** 20;

const licenseKey = "fuzzed-license-key-1";

/** An answer that blames the gateway. In gRPC-Web and streams it stands in the body, and what asks for it is in English. */
const blame =
  /"grpc-status":"(?:13|2)"|grpc-status: ?(?:13|2)\b|"code": ?"(?:internal|INTERNAL|unknown|UNKNOWN)"|^500 |HTTP\/1\.1 500/;

describe(`${inputs} malformed inputs over every door (seed ${seed})`, () => {
  let emulator: Emulator;
  let gateway: GatewayProcess;
  before(async () => {
    emulator = await createEmulator();
    gateway = await startGatewayProcess({
      AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_ENDPOINT_URL: emulator.url,
      AXONFLOW_HANDSHAKE_TIMEOUT_MS: "500",
      AXONFLOW_BODY_TIMEOUT_MS: "1000",
      AXONFLOW_CALL_TIMEOUT_MS: "2000",
      AXONFLOW_IDLE_CONNECTION_MS: "1000",
      AXONFLOW_STREAM_RESETS_PER_SECOND: "1000000",
    });
  });
  after(async () => {
    gateway.child.kill("SIGKILL");
    await gateway.exited;
    await emulator.close();
  });

  const portOf = (url: string) => Number(new URL(url).port);
  const over = (sender: { send: Send; close(): void }, make: (chance: Chance) => Input) => ({
    ask: (chance: Chance) => sender.send(make(chance)),
    close: sender.close,
  });
  const doors = [
    ["gRPC", () => over(createHttp2Sender(portOf(gateway.grpcUrl)), grpc)],
    ["gRPC on the HTTP port", () => over(createHttp2Sender(portOf(gateway.httpUrl)), grpc)],
    ["gRPC-Web", () => over(createHttp1Sender(portOf(gateway.httpUrl)), grpcWeb)],
    ["Connect", () => over(createHttp1Sender(portOf(gateway.httpUrl)), connect)],
    ["Connect over HTTP/2", () => over(createHttp2Sender(portOf(gateway.httpUrl)), connect)],
    ["REST", () => over(createHttp1Sender(portOf(gateway.httpUrl)), rest)],
    ["HTTP/1.1 in raw bytes", () => raw(portOf(gateway.httpUrl), http1Bytes)],
    ["HTTP/2 in raw bytes", () => raw(portOf(gateway.grpcUrl), http2Bytes)],
  ] as const;

  for (const [index, [door, open]] of doors.entries()) {
    it(`${door}: each is answered or let go, and none is a fault of the gateway`, async (t) => {
      const begunAtMs = performance.now();
      const { ask, close } = open();
      const counts = { answered: 0, closed: 0, overdue: 0, unsendable: 0 };
      const wrong: string[] = [];
      const startBytes = gateway.residentBytes();
      let next = 0;
      const total = Math.ceil(inputs / doors.length);
      const judge = (number: number, { kind, said }: Outcome) => {
        counts[kind] += 1;
        if (kind === "overdue" || blame.test(said))
          wrong.push(`#${number} ${kind}: ${said.slice(0, 400)}`);
      };
      while (next < total) {
        const end = Math.min(next + batch, total);
        const work = async () => {
          while (next < end) {
            const number = next++;
            judge(number, await ask(createChance(seed + index * 1_000_000 + number)));
          }
        };
        await Promise.all(Array.from({ length: workers }, work));
        await serves();
      }
      close();
      const grown = Math.round((gateway.residentBytes() - startBytes) / 2 ** 20);
      const seconds = ((performance.now() - begunAtMs) / 1000).toFixed(1);
      t.diagnostic(`${door}: ${JSON.stringify(counts)} in ${seconds} s, ${grown} MiB more`);
      assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} wrong`);
      assert.ok(counts.unsendable < total / 10, JSON.stringify(counts));
      assert.ok(gateway.residentBytes() - startBytes < mostGrownBytes, `${grown} MiB more`);
      const faults = gateway.lines.filter(({ level }) => Number(level) >= 50);
      assert.deepEqual(faults.slice(0, 3), [], `${faults.length} faults in the log`);
      assert.equal(gateway.child.exitCode, null);
    });
  }

  /** An ordinary call is answered on both ports. */
  async function serves(): Promise<void> {
    for (const [url, transport] of [
      [gateway.grpcUrl, "grpc"],
      [gateway.httpUrl, "connect"],
    ] as const) {
      const client = createGatewayClient({ url, licenseKey, transport });
      assert.notEqual((await client.complete("Hi.")).content, "");
      client.close();
    }
  }
});

function grpc(chance: Chance): Input {
  return grpcInput(chance, licenseKey, chance.of(["application/grpc", "application/grpc+proto"]));
}

function grpcWeb(chance: Chance): Input {
  return grpcInput(
    chance,
    licenseKey,
    chance.of(["application/grpc-web", "application/grpc-web+proto"]),
  );
}

function connect(chance: Chance): Input {
  return connectInput(chance, licenseKey);
}

function rest(chance: Chance): Input {
  return restInput(chance, licenseKey);
}

function raw(port: number, bytes: (chance: Chance) => Buffer) {
  return { ask: (chance: Chance) => sendRaw(port, bytes(chance)), close() {} };
}

function http1Bytes(chance: Chance): Buffer {
  const { path, headers, body } = chance.of([rest, connect, grpcWeb])(chance);
  const length = chance.oneIn(4)
    ? chance.of(["-1", "0", "1", "99", "1e3", ""])
    : String(body.length);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [
    `POST ${path} HTTP/1.1`,
    "host: x",
    "connection: close",
    `content-length: ${length}`,
    ...lines,
  ];
  const whole = Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), body]);
  return chance.oneIn(2) ? mutateBytes(chance, whole) : whole;
}

function http2Bytes(chance: Chance): Buffer {
  const { path, headers, body } = grpc(chance);
  const block = headerBlock({
    ":method": "POST",
    ":scheme": "http",
    ":authority": "x",
    ":path": path,
    ...Object.fromEntries(Object.entries(headers).filter(([, value]) => value.length < 1000)),
  });
  const frames = [
    settings(chance.oneIn(4) ? { [chance.below(10)]: chance.below(2 ** 31) } : {}),
    frame("headers", { stream: 1, flag: flags.endHeaders, payload: block }),
    frame("data", { stream: 1, flag: flags.endStream, payload: body.subarray(0, 16_000) }),
  ];
  const mutated = frames.map((each) => (chance.oneIn(2) ? mutateBytes(chance, each) : each));
  return Buffer.concat([preface, ...(chance.oneIn(6) ? mutated.toReversed() : mutated)]);
}
