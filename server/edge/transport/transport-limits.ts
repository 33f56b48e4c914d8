import type { ServerOptions } from "node:http2";

/** What a connection may cost, whoever is behind it. */
export interface TransportLimits {
  /** Connections to all ports together. */
  readonly maxConnections: number;
  /** After how long, give or take a tenth, a connection is asked to end; 0: never. */
  readonly maxConnectionAgeMs: number;
  /** How long the calls on it may go on then. */
  readonly maxConnectionAgeGraceMs: number;
  /** How long a connection without calls is kept. */
  readonly idleConnectionMs: number;
  /** How long a connection may take to say what it speaks, and the headers of a request over HTTP/1.1 to come. */
  readonly handshakeTimeoutMs: number;
  /** How long a request may take to come in whole. */
  readonly bodyTimeoutMs: number;
  readonly maxStreamsPerConnection: number;
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  /** Streams that one connection may reset in a second; ten times as many at once. */
  readonly streamResetsPerSecond: number;
}

/** Frames that make no sense, and streams that were refused, before a connection is ended: nobody sends many by accident. */
const mostInvalidFrames = 100;
const mostRejectedStreams = 100;

/**
 * What one connection may hold, in MiB: room for a thousand streams with full buffers. Node's own 10 would refuse streams of
 * connections that only have many of them.
 */
const mostSessionMemoryMiB = 256;

/** Our own PINGs that wait for their answer. */
const mostPings = 4;

/** How many settings one SETTINGS frame may hold; HTTP/2 has six. */
const mostSettings = 32;

/**
 * The limits in the words of Node's HTTP/2 server (https://nodejs.org/api/http2.html). Against rapid reset
 * (CVE-2023-44487) stand the resets per second; against floods of CONTINUATION, PING and SETTINGS nghttp2 itself, which
 * Node brings along.
 */
export function http2Options(limits: TransportLimits): ServerOptions {
  const { maxStreamsPerConnection, maxHeaderBytes, maxHeaders, streamResetsPerSecond } = limits;
  return {
    settings: { maxConcurrentStreams: maxStreamsPerConnection, maxHeaderListSize: maxHeaderBytes },
    maxSessionMemory: mostSessionMemoryMiB,
    maxHeaderListPairs: maxHeaders,
    maxOutstandingPings: mostPings,
    maxSettings: mostSettings,
    maxSessionInvalidFrames: mostInvalidFrames,
    maxSessionRejectedStreams: mostRejectedStreams,
    streamResetRate: streamResetsPerSecond,
    streamResetBurst: streamResetsPerSecond * 10,
  };
}
