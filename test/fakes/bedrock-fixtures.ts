import { readFileSync } from "node:fs";

const folder = new URL("../fixtures/bedrock/", import.meta.url);

/** A chunk or body of JSON; tests may change what they like. */
export type Json = { [name: string]: unknown };

/** The body of a whole answer, by its path such as `anthropic/question`. */
export function answerFixture(path: string): Json {
  return read(path).answer as Json;
}

/** The chunks of a stream, in order. */
export function streamFixture(path: string): Json[] {
  return read(path).chunks as Json[];
}

function read(path: string): Json {
  return JSON.parse(readFileSync(new URL(`${path}.json`, folder), "utf8")) as Json;
}
