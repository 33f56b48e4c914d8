import type { JsonObject } from "@bufbuild/protobuf";
import {
  type CompleteRequest,
  type ContentBlock,
  type Message,
  Role,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { jsonText, plainText, type Reading } from "./readings.ts";

/** A part of a prompt. */
export interface PromptPart {
  /** Empty where the part is a picture, or a document that is not text. */
  readonly text: string;
  readonly reading: Reading;
  /**
   * Whether somebody else than the application and the model wrote it: users, tools and documents. Only there can anybody
   * smuggle something in.
   */
  readonly isForeign: boolean;
  /** Of UTF-8, or of the file. */
  readonly bytes: number;
}

/** Everything that a model is given to read, in its order. */
export function* promptParts(request: CompleteRequest): Generator<PromptPart> {
  const { system, messages, tools, responseFormat } = request;
  if (system !== "") yield own(system);
  for (const { name, description, inputSchema } of tools) {
    yield own(`${name}\n${description}`);
    if (inputSchema) yield ownJson(inputSchema);
  }
  const format = responseFormat?.format;
  if (format?.case === "jsonSchema" && format.value.schema) yield ownJson(format.value.schema);
  for (const message of messages) yield* partsOfMessage(message);
}

function* partsOfMessage({ role, content }: Message): Generator<PromptPart> {
  const isForeign = role === Role.USER;
  yield* textOf(content, isForeign);
  for (const { block } of content) {
    switch (block.case) {
      case "image":
        yield file(block.value.content.length);
        break;
      case "document":
        yield* documentOf(block.value);
        break;
      case "toolUse":
        yield own(block.value.name);
        if (block.value.input) yield ownJson(block.value.input);
        break;
      case "toolResult":
        yield* partsOfMessage({ role: Role.USER, content: block.value.content } as Message);
        break;
      case "reasoning":
        if (block.value.text !== "") yield own(block.value.text);
        break;
      default:
        break;
    }
  }
}

/** The text blocks of a message follow each other for the model, so a phrase may go over from one to the next. */
function* textOf(content: readonly ContentBlock[], isForeign: boolean): Generator<PromptPart> {
  const texts = content.flatMap(({ block }) => (block.case === "text" ? [block.value.text] : []));
  if (texts.length > 0) yield { ...own(texts.join("\n")), isForeign };
}

const textDocument = new TextDecoder();

function* documentOf(document: {
  readonly content: Uint8Array;
  readonly mediaType: string;
  readonly name: string;
}): Generator<PromptPart> {
  const { content, mediaType, name } = document;
  if (name !== "") yield { ...own(name), isForeign: true };
  const text = mediaType.startsWith("text/") ? textDocument.decode(content) : "";
  yield { ...file(content.length), text };
}

function file(bytes: number): PromptPart {
  return { text: "", reading: plainText, isForeign: true, bytes };
}

function own(text: string): PromptPart {
  return { text, reading: plainText, isForeign: false, bytes: Buffer.byteLength(text) };
}

function ownJson(json: JsonObject): PromptPart {
  return { ...own(JSON.stringify(json)), reading: jsonText };
}
