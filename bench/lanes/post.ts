import { Agent, request } from "node:http";

/** A POST over HTTP/1.1 with kept connections; resolves when a 200 has been read to its end. */
export type Post = (
  path: string,
  contentType: string,
  body: Buffer,
  onPart: (part: Buffer) => void,
) => Promise<void>;

/** A client for one port on loopback, and the way to close its connections. */
export function createPost(port: number, headers: Record<string, string> = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 4096 });
  const post: Post = (path, contentType, body, onPart) =>
    new Promise((resolve, reject) => {
      const outgoing = request({
        agent,
        host: "127.0.0.1",
        port,
        method: "POST",
        path,
        headers: { ...headers, "content-type": contentType, "content-length": body.length },
      });
      outgoing.once("error", reject);
      outgoing.once("response", (response) => {
        const { statusCode } = response;
        if (statusCode !== 200) outgoing.destroy(new Error(`${path}: HTTP status ${statusCode}`));
        response.on("data", (part: Buffer) => {
          try {
            onPart(part);
          } catch (error) {
            outgoing.destroy(error as Error);
            reject(error);
          }
        });
        response.once("error", reject);
        response.once("end", resolve);
      });
      outgoing.end(body);
    });
  return { post, close: () => agent.destroy() };
}
