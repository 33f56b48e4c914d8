import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
} from "../../gen/google/rpc/error_details_pb.ts";
import { answer, question, uuid } from "./support/answer.ts";
import { licenseKey } from "./support/gateway.ts";
import { type Finished, interruptProgram, runProgram } from "./support/program.ts";
import { type Stack, useStack } from "./support/stack.ts";
import { buf, requireProgram } from "./support/toolchain.ts";

/** One way to call: the port, the protocol, the HTTP version, and where the schema comes from. */
interface Way {
  readonly port: "grpcPort" | "httpPort";
  readonly protocol: "grpc" | "grpcweb" | "connect";
  readonly flags: readonly string[];
  readonly title: string;
}

/** The arguments of buf for a call. */
type Arguments = (method: string, body: object) => readonly string[];

const limit = { timeout: 60_000 };
const h2c = "--http2-prior-knowledge";
const fromFiles = ["--schema", "proto"];
const byReflection = ["--reflect"];

const ways: readonly Way[] = [
  {
    title: "gRPC on the gRPC port, schema by reflection",
    port: "grpcPort",
    protocol: "grpc",
    flags: [h2c, ...byReflection],
  },
  {
    title: "gRPC on the HTTP port",
    port: "httpPort",
    protocol: "grpc",
    flags: [h2c, ...fromFiles],
  },
  {
    title: "gRPC-Web over HTTP/1.1",
    port: "httpPort",
    protocol: "grpcweb",
    flags: fromFiles,
  },
  {
    title: "gRPC-Web over h2c",
    port: "httpPort",
    protocol: "grpcweb",
    flags: [h2c, ...fromFiles],
  },
  {
    title: "Connect over HTTP/1.1",
    port: "httpPort",
    protocol: "connect",
    flags: fromFiles,
  },
  {
    title: "Connect over h2c",
    port: "httpPort",
    protocol: "connect",
    flags: [h2c, ...fromFiles],
  },
];

describe("buf curl", () => {
  before(() => requireProgram(buf, ["--version"], "Run npm install."));
  const stack = useStack();
  for (const { title, port, protocol, flags } of ways) {
    describe(title, () => {
      const argumentsFor: Arguments = (method, body) => {
        const host = `http://127.0.0.1:${stack().gateway[port]}`;
        return [
          "curl",
          ...["--protocol", protocol, ...flags],
          ...["--header", `authorization: Bearer ${licenseKey}`],
          ...["--data", JSON.stringify(body)],
          `${host}/axonflow.gateway.v1.CompletionService/${method}`,
        ];
      };
      testWay(argumentsFor);
      testInterruption(argumentsFor, stack);
    });
  }
});

function testWay(argumentsFor: Arguments): void {
  const curl = (method: string, body: object) => runProgram(buf, argumentsFor(method, body));

  test("gets a whole answer", limit, async () => {
    const [response] = readJson(await curl("Complete", { prompt: question }));
    assert.partialDeepStrictEqual(response, { content: answer, provider: "bedrock" });
  });

  test("gets the same answer as a stream", limit, async () => {
    const events = readJson(await curl("CompleteStream", { prompt: question }));
    const texts = events.map(({ delta }) => (delta as { text?: string } | undefined)?.text ?? "");
    assert.equal(texts.join(""), answer);
    assert.ok(events[0]?.started && events.at(-1)?.completed);
  });

  for (const method of ["Complete", "CompleteStream"]) {
    test(`is told by ${method} which field is bad`, limit, async () => {
      const { stderr } = await curl(method, { prompt: question, maxTokens: 0 });
      const { code, details } = JSON.parse(stderr) as StatusJson;
      assert.equal(code, "invalid_argument");
      assertDetails(details);
    });
  }
}

/** buf keeps the timeout headers to itself, so a deadline cannot be asked for; Ctrl-C can. */
function testInterruption(argumentsFor: Arguments, stack: () => Stack): void {
  test(
    "takes the provider's call with it when it is interrupted while the model still writes",
    limit,
    async () => {
      const { emulator } = stack();
      await emulator.prepare({ pauseAfterTokens: 2 });
      await interruptProgram(
        buf,
        argumentsFor("CompleteStream", { prompt: question }),
        /"text": /s,
      );
      const call = await emulator.endedCall();
      assert.partialDeepStrictEqual(call.at(-1), { kind: "aborted", by: "peer" });
      await emulator.prepare({});
    },
  );
}

/** An error as buf prints it, whatever the protocol was. */
interface StatusJson {
  readonly code: string;
  readonly details: readonly { readonly type: string; readonly value: string }[];
}

function assertDetails(details: StatusJson["details"]): void {
  const bytes = new Map(details.map(({ type, value }) => [type, base64Decode(value)]));
  const bytesOf = (type: string) => bytes.get(`google.rpc.${type}`) ?? assert.fail(`no ${type}`);
  const { fieldViolations } = fromBinary(BadRequestSchema, bytesOf("BadRequest"));
  assert.deepEqual(
    fieldViolations.map(({ field }) => field),
    ["max_tokens"],
  );
  assert.equal(fromBinary(ErrorInfoSchema, bytesOf("ErrorInfo")).reason, "INVALID_FIELD");
  assert.match(fromBinary(RequestInfoSchema, bytesOf("RequestInfo")).requestId, uuid);
}

/** Every JSON object of the output; each begins at the start of a line. */
function readJson({ exitCode, stdout, stderr }: Finished): readonly Record<string, unknown>[] {
  assert.equal(exitCode, 0, stderr);
  return stdout.split(/^(?=\{)/m).map((text) => JSON.parse(text));
}
