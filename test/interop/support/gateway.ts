import { dataDirectory } from "../../fakes/data-directory.ts";
import { startService } from "./service.ts";
import { node } from "./toolchain.ts";

/** The key that every client of these tests calls with. */
export const licenseKey = "interop-license-key-0001";

/** The gateway as a process of its own. */
export interface RunningGateway {
  readonly httpPort: number;
  readonly grpcPort: number;
  stop(): Promise<void>;
}

/** Starts the gateway on free ports of loopback, in front of the Bedrock at `bedrockUrl`. */
export async function startGateway(
  bedrockUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningGateway> {
  const service = startService(
    node,
    ["server/main.ts", "--http-port", "0", "--grpc-port", "0", "--host", "127.0.0.1"],
    {
      AWS_ACCESS_KEY_ID: "emulator",
      AWS_SECRET_ACCESS_KEY: "emulator",
      LLM_BEDROCK_ENABLED: "true",
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_ENDPOINT_URL: bedrockUrl,
      AXONFLOW_LICENSE_KEYS: `interop=${licenseKey}`,
      LOG_LEVEL: "info",
      AXONFLOW_DATA_DIR: dataDirectory(),
      AXONFLOW_DRAIN_DELAY_MS: "0",
      ...env,
    },
  );
  const [line] = await service.waitForLine(/"httpPort":\d+.*"grpcPort":\d+/);
  const portOf = (name: string) => Number(line.match(new RegExp(`"${name}":(\\d+)`))?.[1]);
  return {
    httpPort: portOf("httpPort"),
    grpcPort: portOf("grpcPort"),
    stop: () => service.stop(),
  };
}
