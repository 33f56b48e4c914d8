import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  type Completed,
  type CompleteRequest,
  CompleteRequestSchema,
  FinishReason,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  HelpSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "../../../gen/google/rpc/error_details_pb.ts";
import { delta, event, started, untilGivenUp } from "../../unit/client/stand-in-gateway.ts";
import { type Outcome, runAxonflow, startAxonflow } from "./command.ts";
import { type StandInServer, startStandInServer } from "./stand-in-server.ts";

const licenseKey = "key-of-this-test";

const summary = {
  model: "model-1",
  provider: "bedrock",
  region: "us-east-1",
  finishReason: FinishReason.STOP,
  usage: { inputTokens: 8, outputTokens: 6 },
  cost: { nanoUsd: 114_000n },
  latencyMs: 245n,
  timeToFirstTokenMs: 150n,
  requestId: "request-1",
} satisfies Partial<Omit<Completed, "usage" | "cost">> & Record<string, unknown>;

const summaryText =
  "model-1 (bedrock, us-east-1) | tokens: 8 in, 6 out | 245 ms, first token after 150 ms | stop | $0.000114\n";

function refuse(): never {
  throw new ConnectError("no, because", Code.ResourceExhausted, undefined, [
    { desc: ErrorInfoSchema, value: { reason: "THE_REASON", metadata: { fact: "1", none: "" } } },
    { desc: RequestInfoSchema, value: { requestId: "request-1" } },
    { desc: RetryInfoSchema, value: { retryDelay: durationFromMs(1500) } },
    { desc: HelpSchema, value: { links: [{ url: "https://help.example/page" }] } },
    {
      desc: BadRequestSchema,
      value: { fieldViolations: [{ field: "top_p", description: "Too high." }] },
    },
  ]);
}

describe("axonflow complete", { concurrency: 4 }, () => {
  let server: StandInServer;
  let folder: string;
  let env: Record<string, string>;
  const requests = new Map<string, CompleteRequest>();
  const givenUp = new Map<string, () => void>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "axonflow-test-"));
    server = await startStandInServer({
      complete(request, { requestHeader }) {
        requests.set(request.prompt, request);
        if (request.prompt === "refuse") refuse();
        if (request.prompt === "key?") {
          return { ...summary, content: requestHeader.get("authorization") ?? "none" };
        }
        return { ...summary, content: `about ${request.prompt}` };
      },
      async *completeStream({ prompt }, { signal }) {
        yield started;
        yield delta("Par");
        if (prompt === "cut") return;
        if (givenUp.has(prompt)) await untilGivenUp(signal).finally(givenUp.get(prompt));
        if (prompt === "endless") {
          try {
            for (;;) yield delta("line\n".repeat(1000));
          } finally {
            givenUp.get("head")?.();
          }
        }
        yield delta("is.");
        yield event({ case: "completed", value: summary });
      },
    });
    env = { AXONFLOW_URL: server.grpcUrl, AXONFLOW_LICENSE_KEY: licenseKey };
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  for (const transport of ["grpc", "connect", "grpc-web"]) {
    it(`prints the answer on stdout and the rest on stderr, over ${transport}`, async () => {
      const url = transport === "grpc" ? server.grpcUrl : server.httpUrl;
      const flags = ["--transport", transport, "--url", url];
      const [whole, stream] = await Promise.all([
        runAxonflow(["complete", "hi", ...flags], env),
        runAxonflow(["complete", "hi", "--stream", ...flags], env),
      ]);
      assert.deepEqual(whole, { status: 0, stdout: "about hi\n", stderr: summaryText });
      assert.deepEqual(stream, { status: 0, stdout: "Paris.\n", stderr: summaryText });
    });
  }

  it("prints one JSON object, or one for each event of a stream", async () => {
    const [whole, stream] = await Promise.all([
      runAxonflow(["complete", "hi", "--json"], env),
      runAxonflow(["complete", "hi", "--json", "--stream"], env),
    ]);
    const answer = JSON.parse(whole.stdout);
    assert.equal(answer.content, "about hi");
    assert.equal(answer.finish_reason, "FINISH_REASON_STOP");
    assert.equal(answer.usage.cache_read_input_tokens, 0);
    const events = stream.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(events.length, 4);
    assert.equal(events[1].delta.text, "Par");
    assert.equal(events[3].completed.cost.nano_usd, "114000");
    assert.deepEqual([whole.stderr, stream.stderr], ["", ""]);
  });

  it("hands every option on, and nothing that was not given", async () => {
    const options = ["--model", "m", "--provider", "p", "--system", "s", "--max-tokens", "9"];
    const sampling = ["--temperature", "0.5", "--top-p", ".9", "--top-k", "3"];
    const stops = ["--stop", "a", "--stop", "b"];
    await Promise.all([
      runAxonflow(["complete", "all", ...options, ...sampling, ...stops], env),
      runAxonflow(["complete", "bare"], env),
    ]);
    assert.deepEqual(
      requests.get("all"),
      create(CompleteRequestSchema, {
        prompt: "all",
        model: "m",
        provider: "p",
        system: "s",
        maxTokens: 9,
        temperature: 0.5,
        topP: 0.9,
        topK: 3,
        stopSequences: ["a", "b"],
      }),
    );
    assert.deepEqual(requests.get("bare"), create(CompleteRequestSchema, { prompt: "bare" }));
  });

  it("reads the prompt from stdin for -, up to a limit", async () => {
    const [text, large, binary] = await Promise.all([
      runAxonflow(["complete", "-"], env, "two\nlines\n"),
      runAxonflow(["complete", "-"], env, "x".repeat(5 * 1024 * 1024)),
      runAxonflow(["complete", "-"], env, new Uint8Array([0xff])),
    ]);
    assert.equal(text.stdout, "about two\nlines\n");
    assert.deepEqual([large.status, binary.status], [2, 2]);
    assert.match(large.stderr, /larger than/);
    assert.match(binary.stderr, /UTF-8/);
  });

  it("takes the key from the environment or a file, and goes without when there is none", async () => {
    const file = join(folder, "key");
    writeFileSync(file, "key-of-the-file\n");
    const { AXONFLOW_LICENSE_KEY: _, ...withoutKey } = env;
    const ask = async (args: string[], from: Record<string, string>) =>
      (await runAxonflow(["complete", "key?", ...args], from)).stdout.trim();
    assert.deepEqual(
      await Promise.all([
        ask([], env),
        ask(["--license-key-file", file], env),
        ask([], withoutKey),
      ]),
      [`Bearer ${licenseKey}`, "Bearer key-of-the-file", "none"],
    );
  });

  it("says everything about an error in one block, and never the key", async () => {
    const { status, stdout, stderr } = await runAxonflow(["complete", "refuse"], env);
    assert.deepEqual([status, stdout], [5, ""]);
    assert.equal(
      stderr,
      `axonflow: no, because
  status: RESOURCE_EXHAUSTED, THE_REASON
  top_p: Too high.
  fact: 1
  request id: request-1
  what to do: ask again in 1.5 s
  help: https://help.example/page
`,
    );
  });

  for (const [claim, args, more, expected] of [
    ["without a prompt", [], {}, /missing required argument 'prompt'/],
    ["with two prompts", ["a", "b"], {}, /too many arguments/],
    ["with an unknown option", ["a", "--loud"], {}, /unknown option '--loud'/],
    ["with a transport that is none", ["a", "--transport", "soap"], {}, /grpc, connect, grpc-web/],
    ["with no tokens", ["a", "--max-tokens", "0"], {}, /from 1 to/],
    ["with a temperature that is no number", ["a", "--temperature", "hot"], {}, /a number/],
    ["with a picture of no known kind", ["a", "--image", "cat.bmp"], {}, /\.png, \.jpg/],
    ["with a document that is not there", ["a", "--document", "/no.pdf"], {}, /ENOENT/],
    ["with a schema that is not JSON", ["a", "--schema", "README.md"], {}, /is not JSON/],
    ["with a schema that is not there", ["a", "--schema", "/no.json"], {}, /ENOENT/],
    ["with an effort that is none", ["a", "--reasoning", "much"], {}, /none, low, medium, high/],
    ["with a URL that is none", ["a", "--url", "nowhere"], {}, /http:\/\//],
    ["with a key file that is not there", ["a", "--license-key-file", "/no"], {}, /ENOENT/],
    ["with a key that cannot be sent", ["a"], { AXONFLOW_LICENSE_KEY: "sëcret" }, /licence key/],
  ] as const) {
    it(`ends with 2 ${claim}, before any call`, async () => {
      const outcome = await runAxonflow(["complete", ...args], { ...env, ...more });
      assert.equal(outcome.status, 2);
      assert.match(outcome.stderr, expected);
      assert.doesNotMatch(outcome.stderr, /sëcret|at .*\.ts:\d/);
      assert.equal(outcome.stdout, "");
    });
  }

  it("ends with 6 where nobody listens, 7 at its deadline and 8 when the stream was cut", async () => {
    givenUp.set("deadline", () => {});
    const [nobody, deadline, cut] = await Promise.all([
      runAxonflow(["complete", "hi", "--url", "http://127.0.0.1:1"], env),
      runAxonflow(["complete", "deadline", "--stream", "--timeout-ms", "300"], env),
      runAxonflow(["complete", "cut", "--stream"], env),
    ]);
    assert.equal(nobody.status, 6);
    assert.match(nobody.stderr, /is there a gateway at http:\/\/127\.0\.0\.1:1\?/);
    assert.equal(deadline.status, 7);
    assert.match(deadline.stderr, /--timeout-ms/);
    assert.deepEqual([cut.status, cut.stdout], [8, "Par\n"]);
    assert.match(cut.stderr, /STREAM_TRUNCATED\n {2}request id: request-1/);
  });

  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`cancels the call upstream on ${signal}, says nothing, and ends with ${status}`, async () => {
      const cancelled = Promise.withResolvers<void>();
      givenUp.set(signal, cancelled.resolve);
      const flags = ["--stream", "--timeout-ms", "600000"];
      const { child, outcome } = startAxonflow(["complete", signal, ...flags], env);
      await once(child.stdout, "data");
      child.kill(signal);
      await cancelled.promise;
      assert.deepEqual(await outcome, { status, stdout: "Par\n", stderr: "" } satisfies Outcome);
    });
  }

  it("ends on SIGINT while it reads the prompt", async () => {
    const { child, outcome } = startAxonflow(["complete", "-"], env);
    await new Promise((resolve) => child.stdin.write("x".repeat(2 ** 20), resolve));
    child.kill("SIGINT");
    assert.deepEqual(await outcome, { status: 130, stdout: "", stderr: "" });
  });

  it("cancels the call quietly when whoever reads its output goes away", async () => {
    const cancelled = Promise.withResolvers<void>();
    givenUp.set("head", cancelled.resolve);
    const flags = ["--stream", "--timeout-ms", "600000"];
    const { child, outcome } = startAxonflow(["complete", "endless", ...flags], env);
    await once(child.stdout, "data");
    child.stdout.destroy();
    await cancelled.promise;
    const { status, stderr } = await outcome;
    assert.deepEqual([status, stderr], [141, ""]);
  });
});
