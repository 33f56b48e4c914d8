import { readFileSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import type { JsonObject, MessageInitShape } from "@bufbuild/protobuf";
import type { ContentBlockSchema } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { UsageError } from "./usage-error.ts";

type Block = MessageInitShape<typeof ContentBlockSchema>;

/** The gateway takes no larger message unless configured otherwise. */
const mostBytes = 4 * 1024 * 1024;

const imageTypes = new Map([
  [".png", "image/png"],
  [".jpg", "image/jpeg"],
  [".jpeg", "image/jpeg"],
  [".gif", "image/gif"],
  [".webp", "image/webp"],
]);

const documentTypes = new Map([
  [".pdf", "application/pdf"],
  [".txt", "text/plain"],
  [".md", "text/markdown"],
  [".csv", "text/csv"],
  [".html", "text/html"],
]);

/** A picture file as a block of the user's message. */
export function imageBlock(path: string): Block {
  const mediaType = mediaTypeOf(path, imageTypes);
  return { block: { case: "image", value: { content: readFile(path), mediaType } } };
}

/** A document file as a block of the user's message; the model is told its name. */
export function documentBlock(path: string): Block {
  const mediaType = mediaTypeOf(path, documentTypes);
  const name = basename(path, extname(path));
  return { block: { case: "document", value: { content: readFile(path), mediaType, name } } };
}

/** A file that holds a JSON Schema. */
export function readSchema(path: string): JsonObject {
  let schema: unknown;
  try {
    schema = JSON.parse(readFile(path).toString("utf8"));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} is not JSON.`);
  }
  if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) {
    return schema as JsonObject;
  }
  throw new UsageError(`${path} must hold a JSON object.`);
}

function mediaTypeOf(path: string, types: ReadonlyMap<string, string>): string {
  const type = types.get(extname(path).toLowerCase());
  if (type) return type;
  throw new UsageError(`${path}: the name must end with ${[...types.keys()].join(", ")}.`);
}

function readFile(path: string): Buffer {
  try {
    if (statSync(path).size > mostBytes) throw new UsageError(`${path} is larger than 4 MiB.`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new UsageError(`${path} cannot be read (${code}).`);
  }
}
