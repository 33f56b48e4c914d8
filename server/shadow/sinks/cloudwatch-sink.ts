import type { CloudWatchClient, MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { ShadowSink } from "../result.ts";
import { metricBatches } from "./metric-batches.ts";
import { createMetricBuffer } from "./metric-buffer.ts";
import { metricNamespace, metricsOf, metricsOfDrop } from "./metrics.ts";

/** How a CloudWatch sink is made. */
export interface CloudWatchSinkOptions {
  readonly clock: Clock;
  /** How long metrics are gathered before they are sent, in milliseconds. */
  readonly flushMs: number;
  /** Undefined: what the AWS SDK finds. */
  readonly region: string | undefined;
  readonly log: Log;
}

/** A sink that sends in the background. */
export interface CloudWatchSink extends ShadowSink {
  /** Sends what is left, for at most three seconds. */
  close(): Promise<void>;
}

/** A sending that takes longer is given up; what it held is lost, because CloudWatch may have counted it. */
const sendLimitMs = 10_000;
const lastSendLimitMs = 3000;

/** A CloudWatch that is down is told of so often. */
const complaintEveryMs = 60_000;

/**
 * Gathers results and sends them with PutMetricData, never more than one sending at a time. The address of the SDK's own
 * variable AWS_ENDPOINT_URL_CLOUDWATCH is honoured, and credentials come from its own chain.
 */
export function createCloudWatchSink(options: CloudWatchSinkOptions): CloudWatchSink {
  const { clock, flushMs, region, log } = options;
  const buffer = createMetricBuffer();
  const complain = createComplaint(clock, log);
  let client: CloudWatchClient | undefined;
  let disarm = () => {};
  let isClosed = false;
  let sending = Promise.resolve();

  const flush = async (limitMs: number) => {
    const { lost } = buffer;
    const batches = metricBatches(buffer.take(), clock.epochMs());
    if (lost > 0) complain({ lost }, "more shadow metrics than there is room for");
    const signal = AbortSignal.timeout(limitMs);
    for (const batch of batches) await send(batch, signal);
  };
  const send = async (batch: readonly MetricDatum[], abortSignal: AbortSignal) => {
    try {
      const { CloudWatchClient, PutMetricDataCommand } = await import("@aws-sdk/client-cloudwatch");
      client ??= new CloudWatchClient(region === undefined ? {} : { region });
      const input = { Namespace: metricNamespace, MetricData: [...batch] };
      await client.send(new PutMetricDataCommand(input), { abortSignal });
    } catch (error) {
      const name = error instanceof Error ? error.name : String(error);
      complain({ error: name, lost: batch.length }, "CloudWatch did not take shadow metrics");
    }
  };
  const flushAndGoOn = () => {
    sending = flush(sendLimitMs).then(() => {
      if (!isClosed) disarm = clock.after(flushMs, flushAndGoOn);
    });
  };

  disarm = clock.after(flushMs, flushAndGoOn);
  return {
    result: (result) => buffer.add(metricsOf(result)),
    dropped: (reason) => buffer.add(metricsOfDrop(reason)),
    async close() {
      isClosed = true;
      disarm();
      const overdue = new Promise<void>((resolve) => clock.after(lastSendLimitMs, resolve));
      await Promise.race([sending.then(() => flush(lastSendLimitMs)), overdue]);
      client?.destroy();
    },
  };
}

/** A warning that is said at most once a minute, with how often it would have been. */
function createComplaint(clock: Clock, log: Log) {
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let times = 0;
  return (fields: Readonly<Record<string, unknown>>, message: string) => {
    times += 1;
    if (clock.now() < quietUntilMs) return;
    quietUntilMs = clock.now() + complaintEveryMs;
    log.warn({ ...fields, times }, message);
    times = 0;
  };
}
