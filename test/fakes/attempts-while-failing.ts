import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import type { CompleteRequestSchema } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt, Call, Endpoint } from "../../server/core/call.ts";
import { GatewayError } from "../../server/core/error.ts";
import { createEndpointRecords } from "../../server/resilience/endpoint-records.ts";
import { failover } from "../../server/resilience/failover.ts";
import { router } from "../../server/routing/router.ts";
import type { Routes } from "../../server/routing/routes.ts";
import { sampleCall, sampleRequest } from "./calls.ts";
import { createManualClock } from "./manual-clock.ts";

/**
 * Every endpoint that is asked when all of them fail in a way that another one can mend, through the router and the
 * failover as they are. None when the call is refused.
 */
export async function attemptsWhileFailing(
  routes: Routes,
  request: MessageInitShape<typeof CompleteRequestSchema>,
  call: Partial<Call> = {},
): Promise<readonly Endpoint[]> {
  const clock = createManualClock();
  const asked: Endpoint[] = [];
  const fail = async ({ endpoint }: Attempt): Promise<never> => {
    asked.push(endpoint);
    throw new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "It is down.", {
      retry: "other-endpoint",
    });
  };
  const path = router({ routes }).wrap(
    failover({ clock, records: createEndpointRecords({ clock }) }).wrap(fail),
  );
  try {
    await path(sampleCall({ ...call, request: sampleRequest(request) }));
  } catch (error) {
    if (!(error instanceof GatewayError) || error.reason === ErrorReason.INTERNAL) throw error;
  }
  return asked;
}
