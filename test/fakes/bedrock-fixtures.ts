import { readFileSync } from "node:fs";

const folder = new URL("../fixtures/bedrock/anthropic/", import.meta.url);

/** A chunk or body of JSON; tests may change what they like. */
export type Json = { [name: string]: unknown };

/** The body of a whole answer. */
export function answerFixture(name: "answer-text" | "answer-thinking"): Json {
  return read(name).body as Json;
}

/** The chunks of a stream, in order. */
export function streamFixture(name: "stream-text" | "stream-thinking"): Json[] {
  return read(name).chunks as Json[];
}

function read(name: string): Json {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Json;
}
