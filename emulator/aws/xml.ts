/** What an XML element can hold: text, or elements by name; a list is one element several times. */
export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | { readonly [name: string]: XmlContent | readonly XmlContent[] };

/** Writes one element; `undefined` writes nothing. Attributes are written as they are. */
export function xmlElement(name: string, content: XmlContent, attributes = ""): string {
  if (content === undefined) return "";
  const inside = typeof content === "object" ? xmlElements(content) : escapeXml(String(content));
  return `<${name}${attributes && ` ${attributes}`}>${inside}</${name}>`;
}

/** Writes elements side by side. */
export function xmlElements(contents: Exclude<XmlContent, string | number | boolean | undefined>) {
  return Object.entries(contents)
    .flatMap(([name, content]) =>
      Array.isArray(content)
        ? content.map((each) => xmlElement(name, each))
        : [xmlElement(name, content as XmlContent)],
    )
    .join("");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
