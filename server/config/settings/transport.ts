import { readCertificateNames } from "../certificate-names.ts";
import { readNetworks } from "../networks.ts";
import {
  describedBy,
  neverOr,
  oneOf,
  optionalText,
  type SettingsTable,
  wholeNumber,
} from "../setting.ts";

/** How callers connect: TLS, who may stand between them and the gateway, and what a connection may cost. */
export interface TransportSettings {
  /** PEM, the server's certificate first; undefined: cleartext. */
  readonly tlsCertFile: string | undefined;
  readonly tlsKeyFile: string | undefined;
  /** PEM of those who sign client certificates. */
  readonly tlsClientCaFile: string | undefined;
  readonly tlsClientAuth: "none" | "optional" | "required";
  readonly tlsMinVersion: "1.2" | "1.3";
  /** The name of a principal for each identity of a certificate: `spiffe://…`, `dns:…`, `cn:…`, `sha256:…`. */
  readonly clientCertificates: ReadonlyMap<string, string>;
  /** Networks, as `10.0.0.0/8`, of proxies whose word on the caller's address is believed. */
  readonly trustedProxies: readonly string[];
  /** Of both ports together. */
  readonly maxConnections: number;
  /** 0: connections do not age. */
  readonly maxConnectionAgeMs: number;
  readonly maxConnectionAgeGraceMs: number;
  readonly idleConnectionMs: number;
  readonly handshakeTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly maxStreamsPerConnection: number;
  /** Calls that are open in the whole gateway. */
  readonly maxStreams: number;
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  readonly streamResetsPerSecond: number;
}

const day = 24 * 3_600_000;

/** How each is named and read. */
export const transportSettingsTable: SettingsTable<TransportSettings> = {
  tlsCertFile: {
    env: "AXONFLOW_TLS_CERT_FILE",
    yaml: "TlsCertFile",
    summary:
      "The gateway's certificate and those above it, as PEM, for both ports. Not set: cleartext.",
    read: optionalText,
  },
  tlsKeyFile: {
    env: "AXONFLOW_TLS_KEY_FILE",
    yaml: "TlsKeyFile",
    summary: "The private key of the certificate, as PEM without a passphrase.",
    read: optionalText,
  },
  tlsClientCaFile: {
    env: "AXONFLOW_TLS_CLIENT_CA_FILE",
    yaml: "TlsClientCaFile",
    summary: "The authorities whose client certificates are believed, as PEM.",
    read: optionalText,
  },
  tlsClientAuth: {
    env: "AXONFLOW_TLS_CLIENT_AUTH",
    yaml: "TlsClientAuth",
    summary:
      "Client certificates: none, optional (a certificate or a licence key) or required (without one nobody connects).",
    fallback: "none",
    read: oneOf("none", "optional", "required"),
  },
  tlsMinVersion: {
    env: "AXONFLOW_TLS_MIN_VERSION",
    yaml: "TlsMinVersion",
    summary: "The oldest TLS that is spoken: 1.2 or 1.3.",
    fallback: "1.2",
    read: describedBy({ enum: [1.2, 1.3, "1.2", "1.3"] }, oneOf("1.2", "1.3")),
  },
  clientCertificates: {
    env: "AXONFLOW_CLIENT_CERTIFICATES",
    yaml: "ClientCertificates",
    form: "map",
    summary:
      "Which client certificate is which principal: spiffe://acme/app=app,dns:app.acme=app,cn:App=app,sha256:<64 hex digits>=app.",
    fallback: "",
    isReloadable: true,
    read: readCertificateNames,
  },
  trustedProxies: {
    env: "AXONFLOW_TRUSTED_PROXIES",
    yaml: "TrustedProxies",
    form: "list",
    summary:
      "Networks of proxies and load balancers whose X-Forwarded-For or Forwarded is believed: 10.0.0.0/8,fd00::/8.",
    fallback: "",
    read: readNetworks,
  },
  maxConnections: {
    env: "AXONFLOW_MAX_CONNECTIONS",
    yaml: "MaxConnections",
    summary:
      "Connections that both ports together hold. Beyond it, those that nobody has shown a key on go first.",
    fallback: "10000",
    read: wholeNumber(1, 1_000_000),
  },
  maxConnectionAgeMs: {
    env: "AXONFLOW_MAX_CONNECTION_AGE_MS",
    yaml: "MaxConnectionAgeMs",
    summary:
      "After how long, give or take a tenth, a connection is asked to end, so that load balancers share out anew; in ms. 0 means never.",
    fallback: "1800000",
    read: neverOr(wholeNumber(1, day)),
  },
  maxConnectionAgeGraceMs: {
    env: "AXONFLOW_MAX_CONNECTION_AGE_GRACE_MS",
    yaml: "MaxConnectionAgeGraceMs",
    summary: "How long the calls on such a connection may still go on, in ms.",
    fallback: "660000",
    read: wholeNumber(0, day),
  },
  idleConnectionMs: {
    env: "AXONFLOW_IDLE_CONNECTION_MS",
    yaml: "IdleConnectionMs",
    summary: "How long a connection without calls is kept, in ms.",
    fallback: "300000",
    read: wholeNumber(1, day),
  },
  handshakeTimeoutMs: {
    env: "AXONFLOW_HANDSHAKE_TIMEOUT_MS",
    yaml: "HandshakeTimeoutMs",
    summary:
      "How long a connection may take to say what it speaks, and the headers of a request to come, in ms.",
    fallback: "10000",
    read: wholeNumber(1, 600_000),
  },
  bodyTimeoutMs: {
    env: "AXONFLOW_BODY_TIMEOUT_MS",
    yaml: "BodyTimeoutMs",
    summary: "How long a request may take to come in whole, in ms.",
    fallback: "60000",
    read: wholeNumber(1, 3_600_000),
  },
  maxStreamsPerConnection: {
    env: "AXONFLOW_MAX_STREAMS_PER_CONNECTION",
    yaml: "MaxStreamsPerConnection",
    summary: "Calls that one HTTP/2 connection may have open; more wait at the client.",
    fallback: "1000",
    read: wholeNumber(1, 100_000),
  },
  maxStreams: {
    env: "AXONFLOW_MAX_STREAMS",
    yaml: "MaxStreams",
    summary: "Calls that may be open in the whole gateway; more are refused with TOO_MANY_CALLS.",
    fallback: "10000",
    read: wholeNumber(1, 1_000_000),
  },
  maxHeaderBytes: {
    env: "AXONFLOW_MAX_HEADER_BYTES",
    yaml: "MaxHeaderBytes",
    summary: "The size of all headers of a request together, in bytes.",
    fallback: "16384",
    read: wholeNumber(1024, 1024 * 1024),
  },
  maxHeaders: {
    env: "AXONFLOW_MAX_HEADERS",
    yaml: "MaxHeaders",
    summary: "How many headers a request may have.",
    fallback: "100",
    read: wholeNumber(16, 2000),
  },
  streamResetsPerSecond: {
    env: "AXONFLOW_STREAM_RESETS_PER_SECOND",
    yaml: "StreamResetsPerSecond",
    summary:
      "Calls that one HTTP/2 connection may take back in a second, ten times as many at once. One that does more is ended.",
    fallback: "100",
    read: wholeNumber(1, 1_000_000),
  },
};
