/** A piece of HTML that is safe to put into a page as it stands. */
export interface Html {
  readonly html: string;
}

/** Makes a piece of HTML of a template; every text in it is escaped, pieces and lists of them are not. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const filled = parts.map((part, index) => part + (index in values ? written(values[index]) : ""));
  return { html: filled.join("") };
}

function written(value: string | number | Html | readonly Html[] | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  return [value].flat().reduce((text, each) => text + ("html" in each ? each.html : ""), "");
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
