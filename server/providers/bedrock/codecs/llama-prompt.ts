import type { TextTurn } from "./text-turns.ts";

/** The special tokens of a generation of Llama's chat template. */
interface LlamaTemplate {
  readonly headerStart: string;
  readonly headerEnd: string;
  readonly turnEnd: string;
}

/** Meta: Llama 3 prompt format; the same for 3.1, 3.2 and 3.3. */
const llama3: LlamaTemplate = {
  headerStart: "<|start_header_id|>",
  headerEnd: "<|end_header_id|>",
  turnEnd: "<|eot_id|>",
};

/** Meta: Llama 4 prompt format. */
const llama4: LlamaTemplate = {
  headerStart: "<|header_start|>",
  headerEnd: "<|header_end|>",
  turnEnd: "<|eot|>",
};

/**
 * The template of a model, by its id. An id that does not tell, such as the ARN of an application profile, means the
 * template of Llama 3.
 */
export function llamaTemplateOf(model: string): LlamaTemplate {
  return /llama-?4/i.test(model) ? llama4 : llama3;
}

/**
 * A conversation in Llama's chat template. It ends with an open header of the assistant, and then with what the model
 * has begun to write and goes on with.
 */
export function llamaPrompt(
  system: string,
  turns: readonly TextTurn[],
  template: LlamaTemplate,
  begun = "",
): string {
  const { headerStart, headerEnd, turnEnd } = template;
  const header = (role: string) => `${headerStart}${role}${headerEnd}\n\n`;
  const turn = (role: string, text: string) => header(role) + withoutLlamaTokens(text) + turnEnd;
  return [
    "<|begin_of_text|>",
    system === "" ? "" : turn("system", system),
    ...turns.map(({ role, text }) => turn(role, text)),
    header("assistant"),
    withoutLlamaTokens(begun),
  ].join("");
}

/**
 * A caller's text in which nothing is a special token of any Llama: all of them are a word in `<|…|>`, and a space
 * after the `<` makes plain text of one. Nothing is taken out, so no new token can come of it, and a question about a
 * token stays one.
 */
export function withoutLlamaTokens(text: string): string {
  return text.replace(/<(?=\|\w+\|>)/g, "< ");
}
