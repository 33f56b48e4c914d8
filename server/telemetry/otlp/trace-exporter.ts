import { OTLPExporterBase } from "@opentelemetry/otlp-exporter-base";
import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from "@opentelemetry/otlp-exporter-base/node-http";
import { TraceExporterMetricsHelper } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { createTraceSerializer } from "./trace-serializer.ts";

const contentType = { "Content-Type": "application/x-protobuf" };

/**
 * The SDK's exporter of spans over OTLP by http/protobuf, with its variables, retries and limits, but for how a span is
 * written.
 */
export function createTraceExporter(): SpanExporter {
  const options = convertLegacyHttpOptions({}, "TRACES", "v1/traces", contentType);
  return new OTLPExporterBase<ReadableSpan[]>(
    createOtlpHttpExportDelegate(
      options,
      createTraceSerializer(),
      "otlp_http_span_exporter",
      TraceExporterMetricsHelper,
      undefined,
    ),
  );
}
