import { create } from "@bufbuild/protobuf";
import {
  type GetShadowReportRequest,
  type GetShadowReportResponse,
  GetShadowReportResponseSchema,
  type ShadowReport,
} from "../../gen/axonflow/gateway/v1/shadow_pb.ts";
import type { Gate } from "./gate.ts";

/** What the doors answer for ShadowService. */
export interface ShadowReports {
  get(request: GetShadowReportRequest): GetShadowReportResponse;
}

/** Shadow mode's report behind the doors. */
export function createShadowReports({
  report,
  gate,
}: {
  readonly report: () => ShadowReport;
  readonly gate: Gate;
}): ShadowReports {
  return {
    get() {
      gate.enter().leave();
      return create(GetShadowReportResponseSchema, { report: report() });
    },
  };
}
