import {
  type CompleteRequest,
  type Guardrail,
  LatencyProfile,
  type ServiceTier,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import { serviceTierOf } from "./transport/aws-words.ts";

/** What the configuration says for requests that do not. */
export interface ProviderDefaults {
  /** Checks every call; a request may only repeat it. */
  readonly guardrail?: { readonly id: string; readonly version: string } | undefined;
  readonly serviceTier?: "default" | "priority" | "flex" | "reserved" | undefined;
  readonly latencyProfile?: "standard" | "optimized" | undefined;
}

/**
 * The request with the configuration's defaults. A default that the model refuses is left out: nobody asked for it in
 * this request. The guardrail is not such a default; a model that cannot be guarded is refused by AWS.
 */
export function createDefaults({ guardrail, serviceTier, latencyProfile }: ProviderDefaults) {
  const usualTier = serviceTierOf(serviceTier);
  const usualLatency = latencyProfile
    ? latencyProfiles[latencyProfile]
    : LatencyProfile.UNSPECIFIED;
  const usualGuardrail = guardrail && guardrailOf(guardrail);
  const isPlain = !usualTier && !usualLatency && !usualGuardrail;
  return (request: CompleteRequest, { traits }: Endpoint): CompleteRequest => {
    if (request.guardrail) refuseUnsendable(request.guardrail);
    if (isPlain) return request;
    if (usualGuardrail) refuseOther(request.guardrail, usualGuardrail);
    const tier: ServiceTier = traits.refuses.has("service_tier") ? 0 : usualTier;
    const latency: LatencyProfile = traits.refuses.has("latency_profile") ? 0 : usualLatency;
    return {
      ...request,
      ...(usualGuardrail && { guardrail: usualGuardrail }),
      serviceTier: request.serviceTier || tier,
      latencyProfile: request.latencyProfile || latency,
    };
  };
}

const latencyProfiles = {
  standard: LatencyProfile.STANDARD,
  optimized: LatencyProfile.OPTIMIZED,
} as const;

function guardrailOf({ id, version }: { id: string; version: string }): Guardrail {
  return { $typeName: "axonflow.gateway.v1.Guardrail", id, version };
}

/** The id travels in a header. */
function refuseUnsendable({ id }: Guardrail): void {
  if (/^[!-~]+$/.test(id)) return;
  const description = "Must be the guardrail's id or ARN, which has no spaces and only ASCII.";
  throw GatewayError.invalid({ field: "guardrail.id", description });
}

function refuseOther(asked: Guardrail | undefined, configured: Guardrail): void {
  if (!asked) return;
  if (asked.id === configured.id && asked.version === configured.version) return;
  const description =
    "This gateway's configuration names the guardrail for every call. Leave the field out.";
  throw GatewayError.invalid({ field: "guardrail", description });
}
