import { isUtf8 } from "node:buffer";
import type { DocumentBlock } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { base64Of } from "../codec-parts/base64.ts";

type Document = Pick<DocumentBlock, "content" | "mediaType" | "name">;

const pdf = "application/pdf";

/** Whether a document can be given to OpenAI: a PDF as a file, or UTF-8 as text. */
export function isReadable({ content, mediaType }: Document): boolean {
  return mediaType === pdf || (mediaType.startsWith("text/") && isUtf8(content));
}

/** A document as a part of a user's message (OpenAI: File inputs). */
export function documentPart(document: Document): object {
  const { content, mediaType, name } = document;
  if (mediaType !== pdf) return { type: "text", text: documentText(document) };
  const file_data = `data:${pdf};base64,${base64Of(content)}`;
  return { type: "file", file: { filename: name || "document.pdf", file_data } };
}

/** The text of a document, under its name. */
export function documentText({ content, name }: Document): string {
  const text = new TextDecoder().decode(content);
  return name === "" ? text : `${name}\n\n${text}`;
}
