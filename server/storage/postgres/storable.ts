/** A text as PostgreSQL takes it: without NUL and half characters. One that it refused would hold up all records behind it. */
export function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
