import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { type App, startApp } from "../../../server/app.ts";
import { loadLicenseKeys } from "../../../server/config/license-keys.ts";
import { loadSettings } from "../../../server/config/load.ts";
import { createLog } from "../../../server/telemetry/log.ts";
import type { Telemetry } from "../../../server/telemetry/telemetry.ts";
import { auditKeyFile, dataDirectory } from "../../fakes/data-directory.ts";

/** A gateway before an emulator, both in this process, each on ports of its own. */
export interface TestGateway {
  readonly app: App;
  readonly emulator: Emulator;
  readonly httpUrl: string;
  readonly grpcUrl: string;
  readonly licenseKey: string;
  close(): Promise<void>;
}

/** The values of `LLM_BEDROCK_TRANSPORT`. What is claimed of the gateway holds over both. */
export const bedrockTransports = ["lean", "sdk"] as const;

const licenseKey = "test-license-key-1";

/** A file in a folder of its own. */
function fileOf(yaml: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "axonflow-gateway-")), "gateway.yaml");
  writeFileSync(file, yaml);
  return file;
}

/**
 * Starts both. Settings are given by environment variable, as an operator would, and by the text of a YAML file; telemetry
 * is off if not given.
 */
export async function startTestGateway(
  env: Readonly<Record<string, string>> = {},
  telemetry?: Telemetry,
  yaml?: string,
): Promise<TestGateway> {
  process.env.AWS_ACCESS_KEY_ID = "emulator";
  process.env.AWS_SECRET_ACCESS_KEY = "emulator";
  delete process.env.AWS_SESSION_TOKEN;
  delete process.env.AWS_BEARER_TOKEN_BEDROCK;
  const emulator = await createEmulator();
  const region = "us-east-1";
  const settings = loadSettings({
    flags: new Map(),
    file: yaml === undefined ? undefined : fileOf(yaml),
    env: {
      AXONFLOW_HOST: "127.0.0.1",
      AXONFLOW_HTTP_PORT: "0",
      AXONFLOW_GRPC_PORT: "0",
      AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
      LLM_BEDROCK_REGION: region,
      LLM_BEDROCK_ENDPOINT_URL: emulator.url,
      LOG_LEVEL: "silent",
      AXONFLOW_DATA_DIR: dataDirectory(),
      AXONFLOW_AUDIT_KEY_FILE: auditKeyFile(),
      ...env,
    },
  });
  const app = await startApp({
    settings,
    region,
    licenseKeys: loadLicenseKeys(settings),
    log: createLog(settings.logLevel),
    telemetry,
  });
  return {
    app,
    emulator,
    httpUrl: `http://127.0.0.1:${app.httpPort}`,
    grpcUrl: `http://127.0.0.1:${app.grpcPort}`,
    licenseKey,
    async close() {
      await app.stop(0);
      await emulator.close();
    },
  };
}
