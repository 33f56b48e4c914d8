import type { Delta } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";

/** The text that a piece brings. */
export function textOf({ piece }: Delta): string {
  switch (piece.case) {
    case "text":
      return piece.value;
    case "toolUse":
      return piece.value.inputJson;
    case "reasoning":
      return piece.value.text;
    default:
      return "";
  }
}

/** Whether a piece says something besides its text: a tool's name, or a signature. */
export function saysMore({ piece }: Delta): boolean {
  switch (piece.case) {
    case "toolUse":
      return piece.value.id !== "" || piece.value.name !== "";
    case "reasoning":
      return piece.value.signature !== "" || piece.value.redactedContent.length > 0;
    default:
      return false;
  }
}

/** The same piece with another text. */
export function withText(delta: Delta, text: string): Delta {
  const { piece } = delta;
  switch (piece.case) {
    case "text":
      return { ...delta, piece: { case: "text", value: text } };
    case "toolUse":
      return { ...delta, piece: { case: "toolUse", value: { ...piece.value, inputJson: text } } };
    case "reasoning":
      return { ...delta, piece: { case: "reasoning", value: { ...piece.value, text } } };
    default:
      return delta;
  }
}

/** A piece without what is said once for a block. */
export function bare(delta: Delta): Delta {
  const { piece } = delta;
  if (piece.case === "toolUse") {
    return { ...delta, piece: { case: "toolUse", value: { ...piece.value, id: "", name: "" } } };
  }
  if (piece.case !== "reasoning") return delta;
  const said = { signature: "", redactedContent: new Uint8Array() };
  return { ...delta, piece: { case: "reasoning", value: { ...piece.value, ...said } } };
}

/** Whether no text of the block can follow: the signature over a model's reasoning comes last. */
export function endsBlock({ piece }: Delta): boolean {
  return piece.case === "reasoning" && piece.value.signature !== "";
}
