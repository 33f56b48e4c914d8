import { type ChildProcess, fork } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { createEmulator } from "../emulator/emulator.ts";

// `node scripts/measure-emulator.ts [seconds]`: what a request costs the emulator. It runs in a process
// of its own; this one sends signed requests over HTTP/1.1, each connection the next as soon as it has
// its answer. CPU is user and system time of the emulator's process alone, so the figures are per core.

const connections = 64;
const warmUpMs = 1_000;
const sonnet = "anthropic.claude-3-5-sonnet-20240620-v1%3A0";

const question = (text: string) => [{ role: "user", content: [{ type: "text", text }] }];
const invokeBody = (text: string) => ({
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 200,
  messages: question(text),
});

/** What is measured: a path, and the body for a question. */
const scenarios = [
  { name: "InvokeModel", path: `/model/${sonnet}/invoke`, body: invokeBody },
  {
    name: "Converse",
    path: `/model/${sonnet}/converse`,
    body: (text: string) => ({ messages: [{ role: "user", content: [{ text }] }] }),
  },
  {
    name: "InvokeModelWithResponseStream, 100 tokens",
    path: `/model/${sonnet}/invoke-with-response-stream`,
    body: () => invokeBody("Write 100 words."),
  },
] as const;

if (process.send) await serve();
else await measureAll(Number(process.argv[2] ?? 5) * 1_000);

/** The child: an emulator that tells its CPU time when asked. */
async function serve(): Promise<void> {
  const emulator = await createEmulator();
  process.on("message", () => process.send?.(process.cpuUsage()));
  process.once("disconnect", () => void emulator.close());
  process.send?.(emulator.port);
}

async function measureAll(durationMs: number): Promise<void> {
  for (const scenario of scenarios) {
    const child = fork(import.meta.filename);
    try {
      const [port] = (await once(child, "message")) as [number];
      console.log(`${scenario.name}: ${await measure(scenario, child, port, durationMs)}`);
    } finally {
      child.disconnect();
      await once(child, "exit");
    }
  }
}

async function measure(
  { path, body }: (typeof scenarios)[number],
  child: ChildProcess,
  port: number,
  durationMs: number,
): Promise<string> {
  const questions = Array.from({ length: 100 }, (_, index) => `Echo: this is question ${index}`);
  const requests = questions.map((text) => signedRequest(port, path, JSON.stringify(body(text))));
  const stop = new AbortController();
  const count = { answers: 0 };
  const lanes = Array.from({ length: connections }, (_, at) =>
    askForEver(port, [...requests.slice(at), ...requests.slice(0, at)], count, stop.signal),
  );
  await pause(warmUpMs);
  const before = { cpuMs: await cpuMs(child), answers: count.answers, atMs: performance.now() };
  await pause(durationMs);
  const usedMs = (await cpuMs(child)) - before.cpuMs;
  const answers = count.answers - before.answers;
  const seconds = (performance.now() - before.atMs) / 1_000;
  stop.abort();
  await Promise.all(lanes);
  const perCore = Math.round((answers / usedMs) * 1_000);
  const perRequest = Math.round((usedMs / answers) * 1_000);
  return `${perCore} requests per second of CPU (${perRequest} µs each), ${Math.round(answers / seconds)} per second of the clock`;
}

async function cpuMs(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [usage] = (await once(child, "message")) as [NodeJS.CpuUsage];
  return (usage.user + usage.system) / 1_000;
}

/** One connection that asks the next question as soon as the last is answered. */
async function askForEver(
  port: number,
  requests: readonly Buffer[],
  count: { answers: number },
  signal: AbortSignal,
): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let asked = 0;
  const ask = () => socket.write(requests[asked++ % requests.length] ?? "");
  let seen: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const end = answerEnd(seen);
    if (end === undefined) return;
    seen = seen.subarray(end);
    count.answers += 1;
    ask();
  });
  signal.addEventListener("abort", () => socket.destroy());
  ask();
  await once(socket, "close");
}

/** Where the first answer ends, by its length or by its last chunk; any status but 200 is a mistake. */
function answerEnd(seen: Buffer): number | undefined {
  const headEnd = seen.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = seen.toString("latin1", 0, headEnd);
  if (!head.startsWith("HTTP/1.1 200")) throw new Error(`The emulator answered ${seen}`);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) {
    const last = seen.indexOf("\r\n0\r\n\r\n", headEnd);
    return last < 0 ? undefined : last + 7;
  }
  const end = headEnd + 4 + Number(length);
  return seen.length < end ? undefined : end;
}

/** A request signed with Signature Version 4, as an AWS SDK sends it. */
function signedRequest(port: number, path: string, body: string): Buffer {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const scope = [date.slice(0, 8), "us-east-1", "bedrock", "aws4_request"];
  const headers = {
    accept: "application/json",
    "content-type": "application/json",
    host: `127.0.0.1:${port}`,
    "x-amz-content-sha256": sha256(body),
    "x-amz-date": date,
  };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonicalPath = path.replaceAll("%", "%25");
  const canonical = ["POST", canonicalPath, "", lines.join(""), names, sha256(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", date, scope.join("/"), sha256(canonical)].join("\n");
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), "AWS4emulator");
  const signature = hmac(key, toSign).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=emulator/${scope.join("/")}, SignedHeaders=${names}, Signature=${signature}`;
  const head = Object.entries({
    ...headers,
    authorization,
    "content-length": Buffer.byteLength(body),
  })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n${body}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
