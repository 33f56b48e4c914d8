import type { Check } from "../check.ts";
import { isLoopbackAddress } from "../checks/private-address.ts";
import { conclude, evidence, type Problem } from "../findings.ts";
import { hipaa, pci } from "../rules.ts";

/** What the check needs. */
export interface TransportOptions {
  readonly host: string;
  readonly hasTls: boolean;
  /** Milliseconds since 1970 of the certificate's end; undefined where there is none, or it cannot be read. */
  readonly certificateEndMs: number | undefined;
  readonly trustedProxies: readonly string[];
  readonly nowMs: number;
}

const soonMs = 30 * 86_400_000;

/** Whether calls come in encrypted, or from this machine alone. */
export function transportCheck(options: TransportOptions): Check {
  return {
    id: "transport",
    group: "This gateway",
    title: "Calls come in over TLS, or from this machine alone",
    subject: "",
    rules: [
      hipaa("164.312(e)(1)", "transmission security"),
      pci("4.2.1", "strong cryptography during transmission"),
    ],
    async run() {
      const { host, hasTls, certificateEndMs: endMs } = options;
      return conclude(
        hasTls ? "Both ports speak TLS." : "The gateway listens on this machine alone.",
        hasTls ? certificateProblems(options) : clearProblems(options),
        evidence({
          host,
          TLS: hasTls,
          "certificate ends": endMs === undefined ? undefined : new Date(endMs).toISOString(),
        }),
      );
    },
  };
}

function certificateProblems({ certificateEndMs: endMs, nowMs }: TransportOptions): Problem[] {
  const remedy = "Renew the certificate, and put it into its files: the gateway takes it over.";
  if (endMs === undefined) {
    return [{ verdict: "unknown", reason: "The certificate cannot be read here.", remedy }];
  }
  const day = new Date(endMs).toISOString().slice(0, 10);
  if (endMs <= nowMs) {
    return [{ verdict: "fail", reason: `The certificate ended on ${day}.`, remedy }];
  }
  if (endMs - nowMs > soonMs) return [];
  return [{ verdict: "warn", reason: `The certificate ends on ${day}.`, remedy }];
}

function clearProblems({ host, trustedProxies }: TransportOptions): Problem[] {
  if (host === "localhost" || isLoopbackAddress(host)) return [];
  const reason = `The gateway listens on ${host} in cleartext.`;
  const remedy = "Set AXONFLOW_TLS_CERT_FILE and AXONFLOW_TLS_KEY_FILE, or AXONFLOW_HOST=127.0.0.1";
  const behind = ` Trusted proxies are named (${trustedProxies.join(", ")}); the way from them is open.`;
  if (trustedProxies.length > 0) return [{ verdict: "warn", reason: reason + behind, remedy }];
  return [{ verdict: "fail", reason, remedy }];
}
