import { create } from "@bufbuild/protobuf";
import { type ShadowReport, ShadowReportSchema } from "../../gen/axonflow/gateway/v1/shadow_pb.ts";
import type { Settings } from "../config/settings.ts";
import type { Attempt, RoutedCall } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { Handler, Layer } from "../core/layer.ts";
import type { Log } from "../core/log.ts";
import type { Routes } from "../routing/routes.ts";
import { createShadowReporter } from "../shadow/report/shadow-report.ts";
import type { ShadowSink } from "../shadow/result.ts";
import { createShadow } from "../shadow/shadow.ts";
import { type CloudWatchSink, createCloudWatchSink } from "../shadow/sinks/cloudwatch-sink.ts";
import { createEmfSink } from "../shadow/sinks/emf-sink.ts";
import { createLineWriter, openStandardOutput } from "../shadow/sinks/line-writer.ts";

/** What shadow mode is put together from. */
export interface ShadowModeOptions {
  readonly settings: Settings;
  /** Bedrock's region, where CloudWatch is too unless it is said. */
  readonly region: string | undefined;
  /** The names of the providers that are configured, in the order in which they are asked. */
  readonly providers: ReadonlySet<string>;
  readonly routes: Routes;
  /** A single attempt, without retries, circuits and what else the callers' own attempts share. */
  readonly ask: Handler<Attempt>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Shadow mode, or nothing in its place. */
export interface ShadowMode {
  readonly layer: Layer<RoutedCall>;
  report(): ShadowReport;
  /** Gives up the copies under way and sends what has been found out, for at most three seconds. */
  close(): Promise<void>;
}

/** Sets shadow mode up where the settings switch it on; they have been checked for conflicts. */
export function createShadowMode(options: ShadowModeOptions): ShadowMode {
  const { settings, providers, routes, ask, clock, log } = options;
  const { shadowMode, shadowProvider } = settings;
  const others = [...providers].filter((name) => name !== shadowProvider);
  const primaryProvider = settings.primaryProvider ?? others[0];
  if (!shadowMode || shadowProvider === undefined || primaryProvider === undefined) return off;
  const mode = {
    primaryProvider,
    shadowProvider,
    sampleRate: settings.shadowSampleRate,
    selfShare: settings.shadowSelfShare,
  };
  const reporter = createShadowReporter({ ...mode, sinceEpochMs: clock.epochMs() });
  const cloudWatch = cloudWatchSink(options);
  const lines = writesEmf(settings) ? createLineWriter(openStandardOutput(), clock) : undefined;
  const emf = lines ? [createEmfSink({ clock, write: lines.write })] : [];
  log.info({ ...mode, sink: settings.shadowSink }, "shadow mode is on");
  const shadow = createShadow({
    ...mode,
    clock,
    timeoutMs: settings.shadowTimeoutMs,
    maxConcurrent: settings.shadowMaxConcurrent,
    maxUsdPerHour: settings.shadowMaxUsdPerHour,
    routeTo: routes,
    ask,
    sink: toAll([reporter, ...(cloudWatch ? [cloudWatch] : []), ...emf]),
    onFault: (err) => log.error({ err }, "shadow mode failed"),
  });
  return {
    layer: shadow.layer,
    report: reporter.report,
    async close() {
      shadow.close();
      await Promise.all([cloudWatch?.close(), lines?.close(lastLinesLimitMs)]);
    },
  };
}

/** How long a log collector may take to read the last lines. */
const lastLinesLimitMs = 1000;

const off: ShadowMode = {
  layer: { name: "shadow", wrap: (next) => next },
  report: () => create(ShadowReportSchema),
  close: async () => {},
};

function cloudWatchSink({ settings, region, clock, log }: ShadowModeOptions) {
  const { shadowSink, shadowFlushMs: flushMs, shadowCloudWatchRegion } = settings;
  if (shadowSink !== "cloudwatch" && shadowSink !== "both") return undefined;
  const sink: CloudWatchSink = createCloudWatchSink({
    clock,
    flushMs,
    region: shadowCloudWatchRegion ?? region,
    log,
  });
  return sink;
}

function writesEmf({ shadowSink }: Settings): boolean {
  return shadowSink === "emf" || shadowSink === "both";
}

function toAll(sinks: readonly ShadowSink[]): ShadowSink {
  return {
    result(result) {
      for (const sink of sinks) sink.result(result);
    },
    dropped(reason) {
      for (const sink of sinks) sink.dropped(reason);
    },
  };
}
