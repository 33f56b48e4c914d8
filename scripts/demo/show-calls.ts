import { traceTree } from "../../client/cli/trace-tree.ts";
import { createGatewayClient, type GatewayClient } from "../../client/sdk/node.ts";
import { breakFirstRegion } from "./break-first-region.ts";
import { type DemoGateway, demoRegions } from "./start-gateway.ts";

/**
 * Makes the demo's calls by gRPC and shows what comes back: a whole answer, a stream token by token, and the trace of a
 * call that the first region fails.
 */
export async function showCalls(
  gateway: DemoGateway,
  emulatorUrl: string,
  signal: AbortSignal,
): Promise<void> {
  const client = createGatewayClient({
    url: `http://127.0.0.1:${gateway.grpcPort}`,
    licenseKey: gateway.licenseKey,
  });
  try {
    await showWhole(client, signal);
    await showStream(client, signal);
    await showFailover(client, emulatorUrl, signal);
  } finally {
    client.close();
  }
}

const timeoutMs = 30_000;

async function showWhole(client: GatewayClient, signal: AbortSignal): Promise<void> {
  const prompt = "What is the capital of France?";
  console.log(`\nComplete, by gRPC: ${prompt}`);
  const startMs = performance.now();
  const answer = await client.complete(prompt, { timeoutMs, signal });
  console.log(`  ${answer.content}`);
  console.log(`  model    ${answer.model}`);
  console.log(`  tokens   ${answer.usage?.inputTokens} in, ${answer.usage?.outputTokens} out`);
  console.log(`  latency  ${answer.latencyMs} ms in the gateway, ${elapsed(startMs)} in all`);
}

async function showStream(client: GatewayClient, signal: AbortSignal): Promise<void> {
  const prompt = "Write 40 words.";
  console.log(`\nCompleteStream, by gRPC: ${prompt}`);
  process.stdout.write("  ");
  const startMs = performance.now();
  const stream = client.stream(prompt, { timeoutMs, signal });
  for await (const text of stream) process.stdout.write(text);
  const { usage, timeToFirstTokenMs, latencyMs } = await stream.summary();
  console.log(`\n  tokens   ${usage?.inputTokens} in, ${usage?.outputTokens} out`);
  console.log(
    `  latency  ${timeToFirstTokenMs} ms to the first token, ${latencyMs} ms to the last`,
  );
  console.log(`  time     ${elapsed(startMs)} in all`);
}

async function showFailover(
  client: GatewayClient,
  emulatorUrl: string,
  signal: AbortSignal,
): Promise<void> {
  const [first, second] = demoRegions;
  await breakFirstRegion(emulatorUrl, signal);
  const prompt = "Write 30 words.";
  console.log(`\nCompleteStream again, while ${first} fails and ${second} takes over: ${prompt}`);
  const stream = client.stream(prompt, { timeoutMs, signal });
  console.log(`  ${await stream.text()}\n`);
  console.log(traceTree(await stream.summary()).replace(/^/gm, "  "));
}

function elapsed(startMs: number): string {
  return `${Math.round(performance.now() - startMs)} ms`;
}
