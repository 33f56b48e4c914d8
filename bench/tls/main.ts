// HTTP/1.1 or HTTP/2 to AWS: what each costs over TLS. Run it with `node bench/tls/main.ts`; takes about a minute.
import { setTimeout as wait } from "node:timers/promises";
import { type Child, startChild } from "../child.ts";
import { cpuOf } from "../measures/cpu-of.ts";
import { median } from "../median.ts";
import { machineLine } from "../report.ts";
import { makeCertificate } from "./certificate.ts";
import type { TlsClientMethods } from "./client.ts";
import type { TlsUpstreamMethods } from "./upstream.ts";

const protocols = ["h1", "h2"] as const;
const concurrencies = [1, 32, 100];
const rounds = 5;
const calls = 1500;
const windowMs = 1000;

interface Row {
  readonly protocol: string;
  readonly concurrency: number;
  readonly requestCpuUs: number;
  readonly frameCpuUs: number;
  readonly connections: number;
}

const certificate = makeCertificate();
const upstream = startChild<TlsUpstreamMethods>({
  script: "./tls/upstream.ts",
  env: { CERTIFICATE: JSON.stringify(certificate) },
});
const started: Child[] = [upstream];
try {
  const port = String(await upstream.port);
  const clients = await Promise.all(protocols.map((protocol) => startClient(port, protocol)));
  print("| protocol | at once | CPU µs a request | CPU µs a frame | connections |");
  print("| -------- | ------: | ---------------: | -------------: | ----------: |");
  for (const concurrency of concurrencies) {
    for (const row of await measure(clients, concurrency)) print(lineOf(row));
  }
  print(machineLine());
} finally {
  await Promise.all(started.map((child) => child.stop()));
}

async function startClient(port: string, protocol: string) {
  const client = startChild<TlsClientMethods>({
    script: "./tls/client.ts",
    args: [port, protocol],
    env: { CERTIFICATE_PEM: certificate.cert },
  });
  started.push(client);
  await client.port;
  await client.ask("complete", { calls: 2000, concurrency: 32 });
  return { protocol, client };
}

/** Protocols take turns within a round, so that a busy moment hits both. */
async function measure(
  clients: readonly { protocol: string; client: Child<TlsClientMethods> }[],
  concurrency: number,
): Promise<Row[]> {
  const found = clients.map(() => ({ request: [] as number[], frame: [] as number[], opened: 0 }));
  for (let round = 0; round < rounds; round++) {
    for (const [at, { client }] of clients.entries()) {
      await upstream.ask("connections");
      // The streams that were left have taken their connections with them: those of the calls are made unmeasured.
      await client.ask("complete", { calls: concurrency * 2, concurrency });
      const cpuUs = await cpuOf(client, () => client.ask("complete", { calls, concurrency }));
      found[at]?.request.push(cpuUs / calls);
      found[at]?.frame.push(await frameCost(client, concurrency));
      const row = found[at];
      if (row) row.opened = await upstream.ask("connections");
    }
  }
  return clients.map(({ protocol }, at) => ({
    protocol: protocol === "h2" ? "HTTP/2" : "HTTP/1.1",
    concurrency,
    requestCpuUs: median(found[at]?.request ?? []),
    frameCpuUs: median(found[at]?.frame ?? []),
    connections: found[at]?.opened ?? 0,
  }));
}

async function frameCost(client: Child<TlsClientMethods>, streams: number): Promise<number> {
  await client.ask("open", streams);
  await wait(200);
  const before = await client.ask("frames");
  let after = before;
  const cpuUs = await cpuOf(client, async () => {
    await wait(windowMs);
    after = await client.ask("frames");
  });
  await client.ask("leave");
  await wait(100);
  return cpuUs / (after - before);
}

function lineOf({ protocol, concurrency, requestCpuUs, frameCpuUs, connections }: Row): string {
  const cells = [
    protocol.padEnd(8),
    String(concurrency).padStart(7),
    requestCpuUs.toFixed(0).padStart(16),
    frameCpuUs.toFixed(1).padStart(14),
    String(connections).padStart(11),
  ];
  return `| ${cells.join(" | ")} |`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
