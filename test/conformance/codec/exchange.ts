import { readdirSync, readFileSync } from "node:fs";
import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import {
  CompleteRequestSchema,
  CompleteResponseSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, Endpoint } from "../../../server/core/call.ts";
import type { ModelTraits, RefusableField } from "../../../server/core/model-traits.ts";
import { countsFromHeaders } from "../../../server/providers/bedrock/usage.ts";
import type { TokenCounts } from "../../../server/providers/codec-parts/stream-decoder.ts";
import { sampleAttempt, sampleEndpoint } from "../../fakes/calls.ts";

/** One exchange with a model as its fixture file tells it: what is asked, what travels, and what comes of it. */
export interface Exchange {
  /** The file's name without `.json`. */
  readonly name: string;
  /** Where the shape of the bytes is known from. */
  readonly source: string;
  readonly asked: Attempt;
  /** What `encode` must write; absent where only the answer matters. */
  readonly body: unknown;
  /** A whole answer; absent where only the request matters, or where the model only streams. */
  readonly answer: unknown;
  /** The counts in the headers of the whole answer. */
  readonly headerCounts: TokenCounts | undefined;
  /** The chunks of the same answer as a stream. */
  readonly chunks: readonly unknown[] | undefined;
  /** What the whole answer brings, as JSON of `CompleteResponse`. */
  readonly brings: JsonValue;
  /** What the stream brings: the same; only the counts, and the word of a model that was cut short, may differ. */
  readonly streamBrings: JsonValue;
  /** Whether the gateway ends the stream itself, while the model still writes. */
  readonly isCutShort: boolean;
}

/** A fixture file. `request`, `brings` and `streamed` are Protobuf JSON of `CompleteRequest` and `CompleteResponse`. */
interface Fixture {
  readonly source: string;
  readonly request: JsonValue;
  readonly endpoint?: Partial<Omit<Endpoint, "traits">> & {
    /** As in `Endpoint`, but that JSON has lists for sets. */
    readonly traits?: Omit<ModelTraits, "refuses"> & { readonly refuses?: RefusableField[] };
  };
  readonly body?: unknown;
  readonly answer?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly chunks?: readonly unknown[];
  readonly brings?: JsonObject;
  readonly streamed?: { readonly providerFinishReason?: string; readonly usage?: JsonValue };
  readonly isCutShort?: boolean;
}

type JsonObject = { readonly [name: string]: JsonValue };

const fixtures = new URL("../../fixtures/bedrock/", import.meta.url);

/** Every exchange in a folder of `test/fixtures/bedrock`. */
export function exchangesOf(folder: string, family: string, model: string): Exchange[] {
  const directory = new URL(`${folder}/`, fixtures);
  return readdirSync(directory)
    .filter((file) => file.endsWith(".json"))
    .map((file) => [file.slice(0, -5), readFileSync(new URL(file, directory), "utf8")] as const)
    .map(([name, text]) => exchangeOf(name, JSON.parse(text), { family, model }));
}

function exchangeOf(name: string, fixture: Fixture, change: Partial<Endpoint>): Exchange {
  const { traits, ...place } = fixture.endpoint ?? {};
  const refuses = new Set(traits?.refuses);
  const endpoint = sampleEndpoint({ ...change, ...place, traits: { ...traits, refuses } });
  const { brings = {}, streamed = {} } = fixture;
  const { providerFinishReason = brings.providerFinishReason, usage = brings.usage } = streamed;
  return {
    name,
    source: fixture.source,
    asked: sampleAttempt({ endpoint, request: fromJson(CompleteRequestSchema, fixture.request) }),
    body: fixture.body,
    answer: fixture.answer,
    headerCounts: fixture.headers && countsFromHeaders(fixture.headers),
    chunks: fixture.chunks,
    brings: canonical(brings),
    streamBrings: canonical({
      ...brings,
      ...(providerFinishReason !== undefined && { providerFinishReason }),
      ...(usage !== undefined && { usage }),
    }),
    isCutShort: fixture.isCutShort ?? false,
  };
}

/** A fixture whose answer is text alone need not repeat it as a block. */
function canonical(brings: JsonObject): JsonValue {
  const blocks = brings.blocks ?? (brings.content ? [{ text: { text: brings.content } }] : []);
  const answer = fromJson(CompleteResponseSchema, { ...brings, blocks });
  return toJson(CompleteResponseSchema, answer);
}
