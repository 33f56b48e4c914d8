import { deflateSync, gzipSync } from "node:zlib";
import { create, toBinary, toJson } from "@bufbuild/protobuf";
import { CompleteRequestSchema, Role } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Chance } from "./chance.ts";
import { mutateBytes, mutateJson } from "./mutations.ts";

/** What is sent in one request. */
export interface Input {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it stands on the wire, in one HTTP message. */
  readonly body: Buffer;
}

const image = {
  mediaType: "image/png",
  source: { case: "data", value: new Uint8Array(40) },
} as const;

const requests = [
  create(CompleteRequestSchema, { prompt: "Hi." }),
  create(CompleteRequestSchema, {
    messages: [
      {
        role: Role.USER,
        content: [{ block: { case: "text", value: { text: "What is in it?" } } }],
      },
      { role: Role.USER, content: [{ block: { case: "image", value: image } }] },
    ],
    system: "Be brief.",
    model: "claude-3-5-sonnet",
    maxTokens: 64,
    temperature: 0.5,
    stopSequences: ["STOP"],
    tags: { team: "fuzz" },
  }),
];

const binaries = [
  ...requests.map((request) => Buffer.from(toBinary(CompleteRequestSchema, request))),
  Buffer.alloc(0),
];
const jsons = requests.map((request) => toJson(CompleteRequestSchema, request));
const restBodies = [
  { prompt: "Hi.", provider: "bedrock", model: "claude-3-5-sonnet" },
  { messages: [{ role: "user", content: "Hi." }], stream: true, max_tokens: 5 },
];

const service = (name: string) => `/axonflow.gateway.v1.${name}`;
const methods = [
  ...Array<string>(6).fill(service("CompletionService/Complete")),
  ...Array<string>(4).fill(service("CompletionService/CompleteStream")),
  service("ModelService/ListModels"),
  service("ModelService/GetModel"),
  service("UsageService/QueryUsage"),
  service("UsageService/ListBudgets"),
  service("AdminService/GetStatus"),
  service("AdminService/CreateKey"),
  service("AuditService/ListAuditEntries"),
  service("CompletionService/NoSuchMethod"),
  "/grpc.health.v1.Health/Check",
  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
  "/%00/..//é",
];

/** A gRPC or gRPC-Web request: mostly a message in its envelope, mutated in one of the two. */
export function grpcInput(chance: Chance, licenseKey: string, type: string): Input {
  const message = chance.oneIn(2) ? chance.of(binaries) : mutateBytes(chance, chance.of(binaries));
  const packed = pack(chance, message);
  const enveloped = envelope(chance, packed.bytes, packed.isCompressed);
  const isText = type.includes("text");
  const body = isText ? Buffer.from(enveloped.toString("base64")) : enveloped;
  return {
    path: chance.of(methods),
    headers: strange(chance, {
      "content-type": type,
      te: "trailers",
      ...(packed.encoding && { "grpc-encoding": packed.encoding }),
      authorization: `Bearer ${licenseKey}`,
    }),
    body,
  };
}

/** A Connect request: unary in JSON or Protobuf, or a stream's envelopes. */
export function connectInput(chance: Chance, licenseKey: string): Input {
  const isJson = chance.oneIn(2);
  const isStream = chance.oneIn(3);
  const bare = isJson
    ? mutateJson(chance, chance.of(jsons))
    : mutateBytes(chance, chance.of(binaries));
  const packed = pack(chance, bare);
  const kind = isJson ? "json" : "proto";
  const encoding = isStream ? "connect-content-encoding" : "content-encoding";
  return {
    path: isStream ? service("CompletionService/CompleteStream") : chance.of(methods),
    headers: strange(chance, {
      "content-type": isStream ? `application/connect+${kind}` : `application/${kind}`,
      "connect-protocol-version": chance.of(["1", "1", "1", "2", ""]),
      ...(packed.encoding && { [encoding]: packed.encoding }),
      authorization: `Bearer ${licenseKey}`,
    }),
    body: isStream ? envelope(chance, packed.bytes, packed.isCompressed) : packed.bytes,
  };
}

export function restInput(chance: Chance, licenseKey: string): Input {
  return {
    path: chance.of([
      "/v1/complete",
      "/v1/complete",
      "/v1/complete",
      "/v1/complete?x=%ff",
      "/v1",
      "/healthz",
    ]),
    headers: strange(chance, {
      "content-type": "application/json",
      authorization: `Bearer ${licenseKey}`,
    }),
    body: mutateJson(chance, chance.of(restBodies)),
  };
}

function pack(chance: Chance, bytes: Buffer) {
  const encoding = chance.of(["", "", "", "gzip", "gzip", "deflate", "br", "identity", "no-such"]);
  if (chance.oneIn(3)) return { encoding, bytes, isCompressed: chance.oneIn(2) };
  // Twenty megabytes of nothing in twenty kilobytes.
  const content = chance.oneIn(60) ? Buffer.alloc(20 * 2 ** 20) : bytes;
  if (encoding === "gzip") return { encoding, bytes: gzipSync(content), isCompressed: true };
  if (encoding === "deflate") return { encoding, bytes: deflateSync(content), isCompressed: true };
  return { encoding, bytes, isCompressed: false };
}

function envelope(chance: Chance, bytes: Buffer, isCompressed: boolean): Buffer {
  const head = Buffer.alloc(5);
  const isStrange = chance.oneIn(4);
  head.writeUInt8(isStrange ? chance.of([0, 1, 2, 3, 0x80, 0xff]) : Number(isCompressed));
  const { length } = bytes;
  const wrong = [0, Math.max(0, length - 1), length + 1, 2 ** 31, 2 ** 32 - 1, 5 * 2 ** 20];
  head.writeUInt32BE(isStrange ? chance.of([length, ...wrong]) : length, 1);
  const whole = Buffer.concat([head, bytes]);
  if (chance.oneIn(10)) return whole.subarray(0, chance.below(whole.length + 1));
  if (chance.oneIn(10)) return Buffer.concat([whole, whole]);
  return whole;
}

const types = [
  "application/grpc+json",
  "application/grpc-web-text",
  "application/grpc;charset=x",
  "application/connect+xml",
  "application/json; charset=utf-16",
  "multipart/form-data; boundary=x",
  "text/plain",
  "",
];
const texts = [
  "",
  " ",
  "0",
  "-1",
  "99999999999999999999",
  "é",
  "%",
  "a=b;c",
  "x".repeat(2000),
  "\t",
];

const strangeHeaders: readonly [string, readonly string[]][] = [
  ["content-type", types],
  ["authorization", ["Bearer", "Bearer ", "Basic x", "bearer x y", ...texts]],
  ["grpc-timeout", ["1S", "0n", "99999999H", "1x", "S", "-1S", "123456789S", ...texts]],
  ["connect-timeout-ms", ["1", "0", "1e3", "12345678901", ...texts]],
  ["x-request-timeout-ms", ["1", "0", "1e3", ...texts]],
  ["grpc-encoding", ["snappy", ...texts]],
  ["content-encoding", ["snappy", "gzip, gzip", ...texts]],
  ["grpc-accept-encoding", texts],
  ["accept-encoding", texts],
  ["te", texts],
  ["idempotency-key", texts],
  ["traceparent", ["00-0-0-0", `ff-${"f".repeat(32)}-${"f".repeat(16)}-ff`, ...texts]],
  ["baggage", texts],
  ["x-forwarded-for", texts],
  ["x-bin", ["!!!!", "AA=", ...texts]],
  ["grpc-status", texts],
  ["expect", ["100-continue", "200-ok"]],
  ["origin", texts],
];

function strange(chance: Chance, headers: Record<string, string>): Record<string, string> {
  if (!chance.oneIn(3)) return headers;
  const [name, values] = chance.of(strangeHeaders);
  return { ...headers, [name]: chance.of(values) };
}
