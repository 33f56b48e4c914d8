import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt, Endpoint, RoutedCall } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { createEndpointRecords } from "../../../server/resilience/endpoint-records.ts";
import { failover } from "../../../server/resilience/failover.ts";
import { hop } from "../../../server/resilience/hop.ts";
import { resume } from "../../../server/resilience/resume.ts";
import { sampleEndpoint, sampleRoutedCall } from "../../fakes/calls.ts";
import { completedEvent, sampleUsage, textEvent } from "../../fakes/completion-events.ts";
import { reasonWord } from "../../fakes/hop-words.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

/** Of a model that goes on with its own text. */
export const traits = { refuses: new Set<never>(), continuation: "prefill" as const };
/** Three places of one model, in the order of most routes. */
export const east = sampleEndpoint({ region: "us-east-1", traits });
export const west = sampleEndpoint({ region: "us-west-2", traits });
export const north = sampleEndpoint({ region: "eu-north-1", traits });

/** A provider that fails, having written so many tokens. */
export const unavailable = (outputTokens = 5) =>
  new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "Gone.", {
    retry: "same-endpoint",
    usage: sampleUsage(8, outputTokens),
  });
/** A stream that breaks after these pieces. */
export const breaks = (...pieces: readonly string[]) =>
  scriptedReply(...pieces.map((piece) => textEvent(piece)), { error: unavailable() });
/** A stream that ends well. */
export const ends = (...pieces: readonly string[]) =>
  scriptedReply(...pieces.map((piece) => textEvent(piece)), completedEvent());

/** The endpoints of a route. */
export type Endpoints = readonly [Endpoint, ...Endpoint[]];

/** Resume over failover and hop, over attempts by a script. */
export function startResume(...script: readonly Answer[]) {
  const clock = createManualClock();
  const records = createEndpointRecords({ clock });
  const handler = scriptedHandler<Attempt>(...script);
  const answering = async (attempt: Attempt) => {
    const reply = await handler.handle(attempt);
    return { ...reply, endpoint: attempt.endpoint };
  };
  const below = failover({ clock, records }).wrap(hop({ clock }).wrap(answering));
  const handle = resume({ isOn: true }).wrap(below);
  const ask = async (
    endpoints: Endpoints = [east, west],
    change: Partial<RoutedCall> = {},
  ): Promise<AsyncIterable<CompletionEvent>> =>
    (await handle(sampleRoutedCall(endpoints, { deadlineMs: 1_000_000, ...change }))).events;
  const asked = () =>
    handler.calls.map(({ number, endpoint, reason, continued }) =>
      [number, endpoint.region, reasonWord(reason), JSON.stringify(continued?.text)]
        .filter(Boolean)
        .join(" "),
    );
  return { ask, asked, calls: handler.calls };
}
