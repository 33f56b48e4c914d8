import { create, type JsonObject } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  type Completed,
  type CompleteResponse,
  CompleteResponseSchema,
  type ContentBlock,
  ContentBlockSchema,
  type Delta,
  FinishReason,
  type TextBlock,
  TextBlockSchema,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../core/error.ts";

/** The pieces of one block, put together. */
interface BlockDraft {
  kind: "text" | "toolUse" | "reasoning" | undefined;
  text: string;
  signature: string;
  redacted: Uint8Array[];
  id: string;
  name: string;
}

/** Puts the deltas of an answer together into what a unary caller gets. */
export interface AnswerDraft {
  add(delta: Delta): void;
  finish(completed: Completed): CompleteResponse;
}

/** Begins with nothing. */
export function draftAnswer(): AnswerDraft {
  const drafts = new Map<number, BlockDraft>();
  return {
    add({ blockIndex, piece }) {
      const draft = drafts.get(blockIndex) ?? emptyDraft();
      drafts.set(blockIndex, draft);
      draft.kind = piece.case ?? draft.kind;
      if (piece.case === "text") draft.text += piece.value;
      if (piece.case === "reasoning") {
        draft.text += piece.value.text;
        draft.signature += piece.value.signature;
        if (piece.value.redactedContent.length > 0)
          draft.redacted.push(piece.value.redactedContent);
      }
      if (piece.case === "toolUse") {
        draft.id ||= piece.value.id;
        draft.name ||= piece.value.name;
        draft.text += piece.value.inputJson;
      }
    },
    finish(completed) {
      const ordered = [...drafts].sort(([a], [b]) => a - b).map(([, draft]) => draft);
      const texts = ordered.filter(({ kind }) => kind === "text").map(({ text }) => text);
      // Plain, because `create` would copy all of it.
      return {
        ...completed,
        $typeName: CompleteResponseSchema.typeName,
        content: texts.join(""),
        blocks: ordered.map((draft) => blockOf(draft, completed.finishReason)),
      };
    },
  };
}

function emptyDraft(): BlockDraft {
  return { kind: undefined, text: "", signature: "", redacted: [], id: "", name: "" };
}

function blockOf(draft: BlockDraft, finishReason: FinishReason): ContentBlock {
  const { kind, text, signature, redacted, id, name } = draft;
  switch (kind) {
    case "toolUse":
      return create(ContentBlockSchema, {
        block: { case: "toolUse", value: { id, name, ...toolInput(text, finishReason) } },
      });
    case "reasoning":
      return create(ContentBlockSchema, {
        block: {
          case: "reasoning",
          value: { text, signature, redactedContent: Buffer.concat(redacted) },
        },
      });
    default: {
      const value: TextBlock = { $typeName: TextBlockSchema.typeName, text };
      return { $typeName: ContentBlockSchema.typeName, block: { case: "text", value } };
    }
  }
}

/** Arguments that were cut with the answer cannot be read; the answer says that it was cut, and they stay unset. */
function toolInput(json: string, finishReason: FinishReason): { input?: JsonObject } {
  const input = parsed(json || "{}");
  if (typeof input === "object" && input !== null && !Array.isArray(input)) {
    return { input: input as JsonObject };
  }
  if (cutReasons.has(finishReason)) return {};
  throw new GatewayError(
    Code.DataLoss,
    ErrorReason.PROVIDER_MALFORMED_RESPONSE,
    "The model's arguments for a tool are no JSON object. Ask again.",
  );
}

const cutReasons: ReadonlySet<FinishReason> = new Set([
  FinishReason.LENGTH,
  FinishReason.CONTEXT_WINDOW,
  FinishReason.STOP_SEQUENCE,
  FinishReason.CONTENT_FILTER,
  FinishReason.REFUSAL,
  FinishReason.OTHER,
]);

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
