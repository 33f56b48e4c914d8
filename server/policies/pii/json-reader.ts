/** What a character of JSON belongs to. Quotes that begin and end a string are marks, as are brackets and white space. */
export type JsonPart = "mark" | "string" | "number";

/**
 * JSON as it reads: every character as it is meant, escapes undone, beside how it was written. All three have one
 * entry for each UTF-16 unit of the meaning.
 */
export interface ReadJson {
  text: string;
  written: string[];
  parts: JsonPart[];
}

/** Reads JSON that comes in pieces. What is no JSON is read as far as it goes and never refused. */
export interface JsonReader {
  /** Adds what the piece says; a piece that ends within an escape says the escape later. */
  read(piece: string, into: ReadJson): void;
  /** The text is over: an escape that never ended is taken as it stands. */
  end(into: ReadJson): void;
  /** Whether a number may go on. */
  readonly isInNumber: boolean;
  /** Whether the value is over. */
  readonly isWhole: boolean;
}

/** No number that a program reads is longer (a double has 25 characters); what goes on behind that is no number. */
const longestNumber = 128;

/** Begins before the first character. */
export function createJsonReader(): JsonReader {
  const parts = createPartReader();
  /** What was read of an escape that has not ended. */
  let begun = "";

  const add = (into: ReadJson, meaning: string, written: string, part: JsonPart) => {
    into.text += meaning;
    into.written.push(written);
    into.parts.push(part);
  };
  /** It was no escape: its characters stand for themselves. */
  const giveUp = (into: ReadJson) => {
    for (let at = 0; at < begun.length; at++) {
      add(into, begun.charAt(at), begun.charAt(at), "string");
    }
    begun = "";
  };
  const readPlain = (unit: string, into: ReadJson) => {
    const part = parts.next(unit);
    if (part === "string" && unit === "\\") begun = unit;
    else add(into, unit, unit, part);
  };
  const readEscape = (unit: string, into: ReadJson) => {
    const escaped = begun + unit;
    const meaning = meaningOf(escaped);
    if (meaning === undefined) {
      giveUp(into);
      readPlain(unit, into);
    } else if (meaning === "") begun = escaped;
    else {
      begun = "";
      add(into, meaning, escaped, "string");
    }
  };

  return {
    read(piece, into) {
      for (let at = 0; at < piece.length; at++) {
        const unit = piece.charAt(at);
        if (begun === "") readPlain(unit, into);
        else readEscape(unit, into);
      }
    },
    end: giveUp,
    get isInNumber() {
      return parts.isInNumber;
    },
    get isWhole() {
      return parts.isWhole;
    },
  };
}

/** Tells what each character belongs to. A backslash within a string is the caller's to follow up. */
function createPartReader() {
  let part: JsonPart = "mark";
  let numberLength = 0;
  let depth = 0;
  let isBegun = false;

  const partOf = (unit: string): JsonPart => {
    if (part === "string") return unit === '"' ? "mark" : "string";
    const isOfNumber = part === "number" ? goesOn(unit) : isDigit(unit) || unit === "-";
    return isOfNumber && numberLength < longestNumber ? "number" : "mark";
  };
  return {
    next(unit: string): JsonPart {
      const isEnd = part === "string" && unit === '"';
      part = partOf(unit);
      const is = part;
      if (is === "string") return is;
      if (is === "number") numberLength++;
      else if (!goesOn(unit)) numberLength = 0;
      if (is === "number") return is;
      if (unit === '"' && !isEnd) part = "string";
      if (unit === "{" || unit === "[") depth++;
      if (unit === "}" || unit === "]") depth--;
      isBegun ||= depth > 0;
      return is;
    },
    get isInNumber() {
      return part === "number";
    },
    get isWhole() {
      return isBegun && depth <= 0;
    },
  };
}

function isDigit(unit: string): boolean {
  return unit >= "0" && unit <= "9";
}

/** Whether a number may have this after its first character (RFC 8259, section 6). */
function goesOn(unit: string): boolean {
  return (
    isDigit(unit) || unit === "." || unit === "-" || unit === "+" || unit === "e" || unit === "E"
  );
}

/** Of a whole escape; empty where it is still to end, undefined where it is none. */
function meaningOf(escaped: string): string | undefined {
  const simple = simpleEscapes.get(escaped.slice(1));
  if (simple !== undefined) return simple;
  if (!/^\\u[0-9a-fA-F]{0,4}$/.test(escaped)) return undefined;
  return escaped.length < 6 ? "" : String.fromCharCode(Number.parseInt(escaped.slice(2), 16));
}

/** RFC 8259, section 7. */
const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
