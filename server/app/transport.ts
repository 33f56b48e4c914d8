import type { Settings } from "../config/settings.ts";
import { readTlsFiles } from "../config/tls-files.ts";
import { watchFile } from "../config/watch.ts";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import type { TlsMaterial } from "../core/tls-material.ts";
import { createTransport, type Transport } from "../edge/transport/transport.ts";

/** What the doors stand on, with certificates that follow their files. */
export interface LiveTransport {
  readonly transport: Transport;
  /**
   * Reads the certificate's files again and gives the way to put them in force. Throws a ConfigurationError where they cannot
   * be; nothing has changed then.
   */
  readAgain(): () => void;
  close(): void;
}

/** Reads the certificate and watches its files. Throws a ConfigurationError where TLS cannot be spoken with them. */
export function openTransport(settings: Settings, clock: Clock, log: Log): LiveTransport {
  const { tlsClientAuth: clientAuth, tlsMinVersion: minVersion, trustedProxies } = settings;
  const read = () => readTlsFiles(settings, clock.epochMs());
  const files = read();
  let inForce = files?.material;
  for (const warning of files?.warnings ?? []) log.warn({}, warning);
  const transport = createTransport({
    limits: settings,
    trustedProxies,
    secure: inForce && { material: inForce, clientAuth, minVersion },
    log,
  });
  const readAgain = () => {
    const next = read()?.material;
    return () => {
      if (!next || isSame(next, inForce)) return;
      transport.secure?.renew(next);
      inForce = next;
      const ends = new Date(next.endEpochMs).toISOString();
      log.info({ ends }, "new connections meet the new certificate");
    };
  };
  const changed = () => {
    try {
      readAgain()();
    } catch (error) {
      log.error({ err: error }, "the new certificate is refused; the one before it goes on");
    }
  };
  const paths = [settings.tlsCertFile, settings.tlsKeyFile, settings.tlsClientCaFile];
  const watches = paths.flatMap((path) =>
    inForce && path !== undefined ? [watchFile({ path, clock, changed })] : [],
  );
  const stopReminding = inForce ? remind(() => inForce, clock, log) : () => {};
  return {
    transport,
    readAgain,
    close() {
      for (const stop of watches) stop();
      stopReminding();
    },
  };
}

function isSame(one: TlsMaterial, other: TlsMaterial | undefined): boolean {
  return (
    one.certificate === other?.certificate &&
    one.key === other.key &&
    one.clientCa === other.clientCa
  );
}

const dayMs = 24 * 3_600_000;

/** From this long before its end on, the log speaks of a certificate each day. */
const remindMs = 14 * dayMs;

function remind(inForce: () => TlsMaterial | undefined, clock: Clock, log: Log): () => void {
  let disarm = () => {};
  const look = () => {
    const endEpochMs = inForce()?.endEpochMs ?? Number.POSITIVE_INFINITY;
    if (endEpochMs - clock.epochMs() < remindMs) {
      const ends = new Date(endEpochMs).toISOString();
      log.warn({ ends }, "the certificate ends soon: put a new one into its files");
    }
    disarm = clock.after(dayMs, look);
  };
  look();
  return () => disarm();
}
