import { readFileSync } from "node:fs";

const docs = new URL("../../../docs/", import.meta.url);

/** A document of docs/. */
export const readDocument = (name: string): string => readFileSync(new URL(name, docs), "utf8");

/** A document's headings of one level or deeper, without their marks; what stands in code blocks is none. */
export function headingsOf(markdown: string, level = 1): readonly string[] {
  const prose = markdown.replaceAll(/^\s*```[\s\S]*?^\s*```/gm, "");
  return [...prose.matchAll(/^(#+) (.+)$/gm)]
    .filter(([, marks = ""]) => marks.length >= level)
    .map(([, , text = ""]) => text);
}

/** The anchor that a heading gets, as GitHub and most generators of documentation make it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
}
