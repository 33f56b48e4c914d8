import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type ShadowReport,
  ShadowReportSchema,
} from "../../../gen/axonflow/gateway/v1/shadow_pb.ts";
import type { DropReason, ShadowSink } from "../result.ts";
import { createComparisonTotals } from "./comparison-totals.ts";
import { recommend } from "./recommendation.ts";
import { countMessages } from "./side-totals.ts";

/** What a report says of the mode besides its results. */
export interface ShadowReportOptions {
  readonly primaryProvider: string;
  readonly shadowProvider: string;
  readonly sampleRate: number;
  readonly selfShare: number;
  /** When results begin to count, in milliseconds since 1970. */
  readonly sinceEpochMs: number;
}

/** A sink that sums up. */
export interface ShadowReporter extends ShadowSink {
  /** Everything since the start, as the contract tells it. */
  report(): ShadowReport;
}

/** Begins with nothing; it lives as long as the process does. */
export function createShadowReporter(options: ShadowReportOptions): ShadowReporter {
  const { primaryProvider, shadowProvider, sampleRate, selfShare, sinceEpochMs } = options;
  const againstShadow = createComparisonTotals();
  const againstSelf = createComparisonTotals();
  const drops = new Map<DropReason, number>();
  return {
    result: (result) => (result.isSelf ? againstSelf : againstShadow).add(result),
    dropped: (reason) => void drops.set(reason, (drops.get(reason) ?? 0) + 1),
    report() {
      const shadow = againstShadow.message(primaryProvider, shadowProvider);
      const self = againstSelf.message(primaryProvider, primaryProvider);
      return create(ShadowReportSchema, {
        enabled: true,
        primaryProvider,
        shadowProvider,
        sampleRate,
        selfShare,
        since: timestampFromMs(sinceEpochMs),
        shadow,
        self,
        drops: countMessages(drops),
        recommendation: recommend(shadow, self),
      });
    },
  };
}
