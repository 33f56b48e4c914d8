/**
 * Every name of OpenTelemetry's semantic conventions that the gateway writes, and its own beside them.
 *
 * GenAI conventions are in development: v1.41 was the last version in the main repository, and what came after is in
 * open-telemetry/semantic-conventions-genai. One or the other is written, never both.
 */

/** Attributes that are the same in both versions of the GenAI conventions (semconv 1.45 for all others). */
export const attributes = {
  errorType: "error.type",
  serverAddress: "server.address",
  serverPort: "server.port",
  cloudRegion: "cloud.region",
  awsGuardrailId: "aws.bedrock.guardrail.id",

  rpcSystem: "rpc.system.name",
  rpcMethod: "rpc.method",
  rpcStatusCode: "rpc.status_code",

  httpMethod: "http.request.method",
  httpRoute: "http.route",
  httpStatusCode: "http.response.status_code",
  urlPath: "url.path",
  urlScheme: "url.scheme",

  genAiOperation: "gen_ai.operation.name",
  genAiProvider: "gen_ai.provider.name",
  genAiRequestModel: "gen_ai.request.model",
  genAiRequestMaxTokens: "gen_ai.request.max_tokens",
  genAiRequestTemperature: "gen_ai.request.temperature",
  genAiRequestTopP: "gen_ai.request.top_p",
  genAiRequestStream: "gen_ai.request.stream",
  genAiResponseId: "gen_ai.response.id",
  genAiResponseModel: "gen_ai.response.model",
  genAiFinishReasons: "gen_ai.response.finish_reasons",
  genAiTimeToFirstChunk: "gen_ai.response.time_to_first_chunk",
  genAiInputTokens: "gen_ai.usage.input_tokens",
  genAiOutputTokens: "gen_ai.usage.output_tokens",
  genAiCacheReadTokens: "gen_ai.usage.cache_read.input_tokens",
  genAiReasoningTokens: "gen_ai.usage.reasoning.output_tokens",
  genAiTokenType: "gen_ai.token.type",
  genAiTokenModality: "gen_ai.token.modality",
} as const;

/** The gateway's own attributes. */
export const ownAttributes = {
  requestId: "axonflow.request.id",
  replayOf: "axonflow.replay_of",
  principal: "axonflow.principal",
  delivery: "axonflow.delivery",
  modelAsked: "axonflow.model.asked",
  outcome: "axonflow.outcome",
  errorReason: "axonflow.error.reason",
  hopCount: "axonflow.hop.count",
  hopIndex: "axonflow.hop.index",
  hopReason: "axonflow.hop.reason",
  hopOutcome: "axonflow.hop.outcome",
  inputTokens: "axonflow.usage.input_tokens",
  outputTokens: "axonflow.usage.output_tokens",
  usageSource: "axonflow.usage.source",
  costNanoUsd: "axonflow.cost.nano_usd",
  entity: "axonflow.redaction.entity",
  direction: "axonflow.redaction.direction",
  action: "axonflow.redaction.action",
} as const;

/** How many of one entity were found on one way of a call: `axonflow.redactions.request.email`. */
export function sightingAttribute(direction: string, entity: string): string {
  return `axonflow.redactions.${direction}.${entity.toLowerCase()}`;
}

/** Metrics of the stable conventions, and of Node's. */
export const metricNames = {
  rpcServerDuration: "rpc.server.call.duration",
  httpServerDuration: "http.server.request.duration",
  eventLoopDelay: {
    p50: "nodejs.eventloop.delay.p50",
    p99: "nodejs.eventloop.delay.p99",
    max: "nodejs.eventloop.delay.max",
  },
} as const;

/** The gateway's own metrics. */
export const ownMetricNames = {
  attempts: "axonflow.attempts",
  failovers: "axonflow.failovers",
  costNanoUsd: "axonflow.cost.nano_usd",
  redactions: "axonflow.redactions",
  rateLimitRefused: "axonflow.rate_limit.refused",
  contentBlocked: "axonflow.content_filter.blocked",
  openCalls: "axonflow.calls.open",
  circuitState: "axonflow.circuit.state",
  endpointInFlight: "axonflow.endpoint.in_flight",
  retryBudgetBalance: "axonflow.retry_budget.balance",
  retryBudgetRefused: "axonflow.retry_budget.refused",
  budgetReservations: "axonflow.budget.reservations",
  budgetRefused: "axonflow.budget.refused",
  budgetClamped: "axonflow.budget.clamped",
  budgetDowngraded: "axonflow.budget.downgraded",
  budgetSettled: "axonflow.budget.settled.nano_usd",
  budgetOverran: "axonflow.budget.overran",
  budgetUncounted: "axonflow.budget.uncounted",
  budgetAlerts: "axonflow.budget.alerts",
  budgetLeft: "axonflow.budget.left.nano_usd",
  configurationGeneration: "axonflow.configuration.generation",
  configurationRefused: "axonflow.configuration.refused",
} as const;

/** The names that differ between the versions of the GenAI conventions. */
export interface GenAiNames {
  readonly cacheWriteTokens: string;
  readonly duration: string;
  readonly timeToFirstChunk: string;
  readonly timePerOutputChunk: string;
  /** Tokens by type in one histogram (v1.41), or in counters of their own beside a histogram for either direction. */
  readonly tokens:
    | { readonly usage: string }
    | {
        readonly input: string;
        readonly output: string;
        readonly cacheRead: string;
        readonly cacheWrite: string;
        readonly reasoning: string;
        readonly inputPerOperation: string;
        readonly outputPerOperation: string;
      };
}

/** Semantic conventions v1.41. */
export const genAi141: GenAiNames = {
  cacheWriteTokens: "gen_ai.usage.cache_creation.input_tokens",
  duration: "gen_ai.client.operation.duration",
  timeToFirstChunk: "gen_ai.client.operation.time_to_first_chunk",
  timePerOutputChunk: "gen_ai.client.operation.time_per_output_chunk",
  tokens: { usage: "gen_ai.client.token.usage" },
};

/** What became of them in their own repository by its migration guide (semantic-conventions-genai, after #521). */
export const genAiLatest: GenAiNames = {
  cacheWriteTokens: "gen_ai.usage.cache_write.input_tokens",
  duration: "gen_ai.client.inference.duration",
  timeToFirstChunk: "gen_ai.client.inference.time_to_first_chunk",
  timePerOutputChunk: "gen_ai.client.inference.time_per_output_chunk",
  tokens: {
    input: "gen_ai.client.inference.usage.input_tokens",
    output: "gen_ai.client.inference.usage.output_tokens",
    cacheRead: "gen_ai.client.inference.usage.cache_read.input_tokens",
    cacheWrite: "gen_ai.client.inference.usage.cache_write.input_tokens",
    reasoning: "gen_ai.client.inference.usage.reasoning.output_tokens",
    inputPerOperation: "gen_ai.client.inference.operation.input_tokens",
    outputPerOperation: "gen_ai.client.inference.operation.output_tokens",
  },
};

/** The version that `OTEL_SEMCONV_STABILITY_OPT_IN` asks for, a list with commas. */
export function genAiNames(optIn: string | undefined): GenAiNames {
  const wishes = (optIn ?? "").split(",").map((wish) => wish.trim());
  return wishes.includes("gen_ai_latest_experimental") ? genAiLatest : genAi141;
}

/** The bucket boundaries that the conventions advise. */
export const buckets = {
  /** Seconds of GenAI operations. */
  genAiSeconds: [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
  ],
  genAiTokens: [
    1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
    67_108_864,
  ],
  /** Seconds of calls at the doors, RPC and HTTP. */
  serverSeconds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
} as const;
