import type { TransportSettings } from "./settings/transport.ts";

/** Settings of TLS that need each other. */
export function transportConflicts(settings: TransportSettings): readonly string[] {
  const { tlsCertFile, tlsKeyFile, tlsClientCaFile, tlsClientAuth, clientCertificates } = settings;
  const found: string[] = [];
  if (tlsCertFile !== undefined && tlsKeyFile === undefined) {
    found.push("AXONFLOW_TLS_CERT_FILE needs AXONFLOW_TLS_KEY_FILE beside it.");
  }
  if (tlsKeyFile !== undefined && tlsCertFile === undefined) {
    found.push("AXONFLOW_TLS_KEY_FILE needs AXONFLOW_TLS_CERT_FILE beside it.");
  }
  if (tlsClientAuth !== "none" && tlsCertFile === undefined) {
    found.push(
      "AXONFLOW_TLS_CLIENT_AUTH needs TLS: set AXONFLOW_TLS_CERT_FILE and AXONFLOW_TLS_KEY_FILE.",
    );
  }
  if (tlsClientAuth !== "none" && tlsClientCaFile === undefined) {
    found.push(
      "AXONFLOW_TLS_CLIENT_AUTH needs AXONFLOW_TLS_CLIENT_CA_FILE: who signs the certificates of clients?",
    );
  }
  if (tlsClientAuth === "none" && tlsClientCaFile !== undefined) {
    found.push(
      "AXONFLOW_TLS_CLIENT_CA_FILE changes nothing without AXONFLOW_TLS_CLIENT_AUTH=optional or required.",
    );
  }
  if (tlsClientAuth === "none" && clientCertificates.size > 0) {
    found.push(
      "AXONFLOW_CLIENT_CERTIFICATES lets nobody in without AXONFLOW_TLS_CLIENT_AUTH=optional or required.",
    );
  }
  return found;
}
