import { createPromptCache } from "./answers/prompt-cache.ts";
import type { Credentials } from "./authenticate.ts";
import { type AwsSteering, createAws } from "./aws/aws.ts";
import { answerAwsControl } from "./aws/aws-control-door.ts";
import { createBedrockApis } from "./bedrock/bedrock-apis.ts";
import { createCallRunner } from "./call-runner.ts";
import { answerControl } from "./control-door.ts";
import { createDoors } from "./doors.ts";
import { createDualProtocolServer } from "./dual-protocol-server.ts";
import type { FaultRule } from "./fault-rule.ts";
import { createFaults } from "./faults.ts";
import { createGate } from "./gate.ts";
import { createJournal } from "./journal.ts";
import type { Lifecycle } from "./models/lifecycle.ts";
import { createOpenAiApis } from "./openai/openai-apis.ts";
import { type Pacing, parsePacing } from "./pacing.ts";
import { parseFaultRule, parseFaultRules } from "./parse-fault-rules.ts";
import { type CapturedRequest, createRequestLog } from "./request-log.ts";
import type { Steering } from "./steering.ts";

/** How to start an emulator; everything has a usual value. */
export interface EmulatorOptions {
  /** Address to listen on, 127.0.0.1 if not said. */
  readonly host?: string;
  /** 0, the usual value, takes any free port. */
  readonly port?: number;
  /** Key pairs that are let in; `emulator` with the secret `emulator` if not said. */
  readonly credentials?: readonly Credentials[];
  /** Bedrock API keys that are let in; none if not said. */
  readonly bearerTokens?: readonly string[];
  /** OpenAI API keys that are let in; `sk-emulator` if not said. */
  readonly openAiKeys?: readonly string[];
  readonly pacing?: Pacing;
  readonly faults?: readonly FaultRule[];
  /** How many journal entries are kept, 10,000 if not said. */
  readonly journalLimit?: number;
  /** How many requests are kept, 100 if not said. */
  readonly requestLimit?: number;
  /** The clock that dates of signatures are judged by, in milliseconds since the epoch. */
  readonly now?: () => number;
  /**
   * `guide`, the usual value, keeps every model active and on demand; with `real` models end and
   * want their profiles as on AWS, on the day that `now` says.
   */
  readonly lifecycle?: Lifecycle;
  /** Gets one line per finished call. */
  readonly log?: (line: string) => void;
}

/** A running Bedrock Runtime on loopback. */
export interface Emulator extends Steering {
  /** For the `endpoint` option of an AWS SDK; HTTP/1.1 and HTTP/2 are both spoken there. */
  readonly url: string;
  readonly port: number;
  /** The latest requests as they arrived, oldest first. */
  readonly requests: readonly CapturedRequest[];
  /** KMS, S3, STS and the other control services, at the same address. */
  readonly aws: AwsSteering;
  /** Ends open calls and connections, and stops listening. */
  close(): Promise<void>;
}

const awsControlRoot = "/_emulator/aws";

/** Starts an emulator; it listens when the promise resolves, and rejects when the port is taken. */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = "127.0.0.1", port = 0, now = Date.now, log = () => {} } = options;
  const cache = createPromptCache(now);
  const journal = createJournal(options.journalLimit ?? 10_000, now, () => cache.clear());
  const requestLog = createRequestLog(options.requestLimit ?? 100);
  const faults = createFaults(parseFaultRules(options.faults ?? []));
  const gate = createGate();
  let pacing = parsePacing(options.pacing ?? {});
  const credentials = options.credentials ?? [
    { accessKeyId: "emulator", secretAccessKey: "emulator" },
  ];
  const aws = createAws({ credentials, now });
  const bedrock = createBedrockApis({
    credentials,
    bearerTokens: options.bearerTokens ?? [],
    lifecycle: options.lifecycle ?? "guide",
    now,
  });
  const openAi = createOpenAiApis({ keys: options.openAiKeys ?? ["sk-emulator"] });
  const runCall = createCallRunner({
    apis: [...bedrock, ...openAi],
    faults,
    gate,
    cache,
    journal,
    requestLog,
    pacing: () => pacing,
    log,
  });
  const doors = createDoors(
    (request, exchange) =>
      aws.isFor(request) ? aws.answer(request, exchange) : runCall(request, exchange),
    (request, exchange) =>
      request.path.startsWith(awsControlRoot)
        ? answerAwsControl(aws, request, exchange, awsControlRoot)
        : answerControl(emulator, request, exchange),
  );
  const server = await createDualProtocolServer({ host, port, answer: doors.answer });
  const emulator: Emulator = {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`,
    port: server.port,
    journal,
    aws,
    requests: requestLog.requests,
    get faults() {
      return faults.rules;
    },
    get pacing() {
      return pacing;
    },
    setFaults: (rules) => faults.set(parseFaultRules(rules)),
    addFault: (rule) => faults.add(parseFaultRule(rule)),
    clearFaults: () => faults.set([]),
    setPacing(changed) {
      pacing = parsePacing(changed);
    },
    release: (callId) => gate.release(callId),
    async close() {
      doors.abortAll();
      await server.close();
    },
  };
  return emulator;
}
