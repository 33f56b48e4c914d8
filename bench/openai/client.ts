// A client in a process of its own: OpenAI's library, or the gateway's.
import { answerQuestions, reportReady } from "../ipc.ts";
import { type Client, libraryClient, ownClient } from "./clients.ts";

/** What it answers. `open` begins streams that go on until `leave`; `chunks` counts what they brought. */
export type ClientMethods = {
  complete(asked: { calls: number; concurrency: number }): Promise<void>;
  burst(streams: number): Promise<void>;
  open(streams: number): void;
  chunks(): number;
  leave(): void;
};

const [kind, port, directory = ""] = process.argv.slice(2);
const baseUrl = `http://127.0.0.1:${port}/v1`;
const client: Client =
  kind === "library" ? await libraryClient(baseUrl, directory) : ownClient(baseUrl);
const never = new AbortController().signal;
let leaving = new AbortController();
let chunks = 0;
const count = () => {
  chunks += 1;
};
const methods: ClientMethods = {
  async complete({ calls: wanted, concurrency: lanes }) {
    let begun = 0;
    const lane = async () => {
      while (begun++ < wanted) await client.complete();
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  },
  async burst(streams) {
    for (let at = 0; at < streams; at++) await client.stream("gpt-4o", never, () => {});
  },
  open(streams) {
    leaving = new AbortController();
    const { signal } = leaving;
    for (let at = 0; at < streams; at++) client.stream("slow", signal, count).catch(() => {});
  },
  chunks: () => chunks,
  leave: () => leaving.abort(),
};
answerQuestions(methods);
reportReady(0);
