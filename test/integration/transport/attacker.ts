import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { frame, preface, settings } from "./http2-frames.ts";

/** A connection on which bytes are written that no client writes. */
export interface Attacker {
  readonly socket: Socket;
  /** Whether the other side has ended it. */
  readonly isEnded: boolean;
  /** How many bytes came back. */
  readonly heardBytes: number;
  /**
   * Sends these bytes again and again, until the other side ends the connection or `times` is reached. Waits where the
   * sending buffer is full, unless the other side stopped reading for good.
   */
  flood(bytes: (round: number) => Buffer, times: number): Promise<void>;
  /** Resolves when the other side has ended it. */
  readonly ended: Promise<void>;
  leave(): void;
}

/** Connects. One that is deaf reads nothing that comes back. */
export async function attack(port: number, { isDeaf = false } = {}): Promise<Attacker> {
  const socket = connect(port, "127.0.0.1");
  let isEnded = false;
  let heardBytes = 0;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      isEnded = true;
      resolve();
    };
    for (const event of ["end", "close", "error"]) socket.on(event, end);
  });
  await once(socket, "connect");
  if (isDeaf) socket.pause();
  else {
    socket.on("data", (bytes) => {
      heardBytes += bytes.length;
    });
  }
  return {
    socket,
    ended,
    get isEnded() {
      return isEnded;
    },
    get heardBytes() {
      return heardBytes;
    },
    async flood(bytes, times) {
      for (let round = 0; round < times && !isEnded; round += 1) {
        const isFull = !socket.write(bytes(round));
        if (isFull) await Promise.race([once(socket, "drain").catch(() => {}), ended]);
      }
    },
    leave: () => void socket.destroy(),
  };
}

/** The same with HTTP/2 begun as the protocol wants it. */
export async function attackHttp2(
  port: number,
  { isDeaf = false, values = {} as Record<number, number> } = {},
): Promise<Attacker> {
  const attacker = await attack(port, { isDeaf });
  const ack = frame("settings", { flag: 1 });
  attacker.socket.write(Buffer.concat([preface, settings(values), ack]));
  return attacker;
}
