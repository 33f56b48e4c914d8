import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { parseArgs } from "node:util";

const help = `axonflow health: whether the gateway on this machine takes calls. For health checks of containers.

Usage: axonflow health [--url URL]

  --url URL    the gateway's HTTP port (default: http://127.0.0.1 and AXONFLOW_HTTP_PORT or 8082; https where
               AXONFLOW_TLS_CERT_FILE is set)
  -h, --help   this text

Asks /readyz, for two seconds at most. A certificate is not looked at: the question holds no secret, and a gateway's
certificate is not for the name 127.0.0.1.
Exit status: 0 it is ready; 1 it is not, is draining, or nobody is there; 2 wrong usage.
`;

const limitMs = 2000;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { url: { type: "string" }, help: { type: "boolean", short: "h", default: false } },
    });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    const url = URL.parse("/readyz", values.url ?? ownUrl(process.env));
    if (!url) throw new TypeError(`--url ${values.url} is no URL.`);
    return await check(url);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return 2;
  }
}

function ownUrl({ AXONFLOW_HTTP_PORT, AXONFLOW_TLS_CERT_FILE }: NodeJS.ProcessEnv): string {
  const scheme = AXONFLOW_TLS_CERT_FILE ? "https" : "http";
  return `${scheme}://127.0.0.1:${AXONFLOW_HTTP_PORT || 8082}`;
}

async function check(url: URL): Promise<number> {
  try {
    const status = await statusOf(url);
    process.stdout.write(status === 200 ? "ready\n" : `not ready: ${status}\n`);
    return status === 200 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`not ready: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

function statusOf(url: URL): Promise<number | undefined> {
  const signal = AbortSignal.timeout(limitMs);
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === "https:"
        ? httpsRequest(url, { signal, agent: false, rejectUnauthorized: false })
        : httpRequest(url, { signal, agent: false });
    request.once("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once("error", reject);
    request.end();
  });
}
