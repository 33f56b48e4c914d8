import { addAbortSignal } from "node:stream";
import { UsageError } from "./usage-error.ts";

/** The gateway takes no more unless configured otherwise, so nothing larger is read. */
const mostBytes = 4 * 1024 * 1024;

/** The prompt as given, or all of stdin for `-`, without the line break that ends it. */
export async function readPrompt(argument: string, signal: AbortSignal): Promise<string> {
  if (argument !== "-") return argument;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of addAbortSignal(signal, process.stdin)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) throw new UsageError(`The prompt is larger than ${mostBytes} bytes.`);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
    return text.replace(/\r?\n$/, "");
  } catch {
    throw new UsageError("The prompt on stdin is not UTF-8 text.");
  }
}
