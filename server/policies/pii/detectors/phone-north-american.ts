import { endsNumber, startsNumber } from "../boundaries.ts";
import { isDigitAt } from "../characters.ts";
import { hasContext } from "../context-words.ts";
import type { Tell } from "../detector.ts";
import type { Subject } from "../subject.ts";
import { phoneGroups } from "./phone-groups.ts";
import { nonPhoneWords, phoneWords, rowWords } from "./phone-words.ts";

/**
 * Finds ten digits of the North American Numbering Plan, with or without the 1 before them, in a common shape. By their
 * form alone: for a redaction, area codes that are not given out yet and those of films count too.
 */
export function findNorthAmerican(subject: Subject, group: number, tell: Tell): void {
  const { text, starts, ends } = subject;
  const first = starts[group] ?? 0;
  const length = (ends[group] ?? 0) - first;
  const isLong = length === 1 && text[first] === "1";
  if (text[first - 1] === "+") return;
  if (length === 10 || length === 11) {
    if (isBare(subject, first, first + length)) tell(first, first + length);
    return;
  }
  if (!isLong && (length !== 3 || !isAreaCode(text, first))) return;
  const { lengths, gaps } = phoneGroups(subject, group);
  const shape = lengths.slice(isLong ? 1 : 0, isLong ? 4 : 3);
  const inner = gaps.slice(isLong ? 1 : 0, isLong ? 3 : 2);
  const start = text[first - 1] === "(" && inner[0]?.startsWith(")") ? first - 1 : first;
  const hasParentheses = start < first || (isLong && gaps[0]?.endsWith("(") === true);
  const count = groupsOf(shape, inner, hasParentheses);
  if (count === 0) return;
  const areaGroup = group + (isLong ? 1 : 0);
  const end = ends[areaGroup + count - 1] ?? 0;
  if (!isAreaCode(text, starts[areaGroup] ?? 0)) return;
  if (!startsNumber(subject, start) || !endsNumber(text, end)) return;
  if (inner[0] === " " && !hasParentheses && !isPlain(subject, start, areaGroup, end)) return;
  if (inner[0] === " - " && isTerm(text, start)) return;
  tell(start, end);
}

/** How many runs of digits from the area code on are a number; 0 where they are none. */
function groupsOf(
  shape: readonly number[],
  gaps: readonly string[],
  hasParentheses: boolean,
): number {
  const [area, exchange, line] = shape;
  const [afterArea = "", afterExchange = ""] = gaps;
  if (area !== 3 || (hasParentheses ? !afterArea.startsWith(")") : /[()]/.test(afterArea)))
    return 0;
  if (exchange === 7 && (hasParentheses || afterArea === "-" || afterArea === ".")) return 2;
  if (exchange !== 3 || line !== 4 || /[()]/.test(afterExchange)) return 0;
  const isEven = hasParentheses || afterArea === afterExchange || afterExchange === "-";
  return isEven ? 3 : 0;
}

function isAreaCode(text: string, position: number): boolean {
  const unit = text.charCodeAt(position);
  return unit >= 50 && unit <= 57;
}

/** Spaces alone join: nothing else may speak for a row of ordinary numbers, such as a status, a time and a size. */
function isPlain(subject: Subject, start: number, areaGroup: number, end: number): boolean {
  const { text, starts } = subject;
  const area = starts[areaGroup] ?? 0;
  if (hasContext(subject, start, phoneWords)) return true;
  if (hasContext(subject, start, rowWords)) return false;
  if (text[area + 1] === "0" && text[area + 2] === "0" && text[area] !== "8") return false;
  if (!/[2-9]/.test(text[area + 4] ?? "")) return false;
  const isBeside = text[start - 1] === " " && isDigitAt(text, start - 2);
  return !isBeside && !(text[end] === " " && isDigitAt(text, end + 1));
}

/** Whether what is written with minus signs is a part of a sum: `= 415 - 555 - 2671`. */
function isTerm(text: string, start: number): boolean {
  const sign = text[start - 1] === " " ? text[start - 2] : text[start - 1];
  return sign !== undefined && "=<>+*/(".includes(sign);
}

/** Ten digits that nothing separates are an order number as well; the words before them decide. */
function isBare(subject: Subject, start: number, end: number): boolean {
  const { text } = subject;
  const isLong = end - start === 11;
  if ((isLong && text[start] !== "1") || !isAreaCode(text, isLong ? start + 1 : start))
    return false;
  if (!startsNumber(subject, start) || !endsNumber(text, end)) return false;
  return hasContext(subject, start, phoneWords) && !hasContext(subject, start, nonPhoneWords);
}
