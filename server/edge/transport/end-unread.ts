import { constants, type ServerHttp2Stream } from "node:http2";

/** How long the last words of an answer may take to be sent. */
const lastWordsMs = 1000;

/**
 * A request that is answered before its body was read to the end keeps its stream, and so one of those that the connection
 * may have. The caller is told to send no more of it (RFC 9113, section 8.1).
 */
export function endUnread(stream: ServerHttp2Stream): void {
  const close = () => stream.close(constants.NGHTTP2_NO_ERROR);
  stream.once("finish", () => {
    if (stream.readableEnded) return;
    // What has come already is thrown away: it would keep its part of the window that all calls of the connection share.
    stream.removeAllListeners("data").resume();
    setTimeout(close, lastWordsMs).unref();
  });
}
