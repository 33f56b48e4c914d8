import type { Socket } from "node:net";

/** Every HTTP/2 connection begins with these bytes, and no HTTP/1.1 request does (RFC 9113, section 3.4). */
const http2Preface = "PRI";

/**
 * Looks at a connection's first bytes and puts them back once they tell. A beginning that could still be either is held:
 * put back at once, it would be read again and again without ever getting longer.
 */
export function tellProtocol(socket: Socket, tell: (isHttp2: boolean) => void): void {
  const giveUp = () => socket.destroy();
  let head = Buffer.alloc(0);
  const onReadable = () => {
    const bytes: Buffer | null = socket.read();
    if (!bytes) return;
    head = Buffer.concat([head, bytes]);
    const start = head.toString("latin1", 0, http2Preface.length);
    if (start.length < http2Preface.length && http2Preface.startsWith(start)) return;
    socket.off("readable", onReadable);
    socket.off("error", giveUp);
    socket.unshift(head);
    tell(start === http2Preface);
  };
  socket.on("error", giveUp);
  socket.on("readable", onReadable);
}
