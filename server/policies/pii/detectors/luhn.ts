/**
 * Whether the last digit of a text is the check digit of the others (ISO/IEC 7812-1, annex B), from `start` to `end`.
 * Everything but digits is passed over.
 */
export function passesLuhn(text: string, start = 0, end = text.length): boolean {
  let sum = 0;
  let isDoubled = false;
  for (let at = end - 1; at >= start; at--) {
    const value = text.charCodeAt(at) - 48;
    if (value < 0 || value > 9) continue;
    sum += isDoubled ? (value > 4 ? 2 * value - 9 : 2 * value) : value;
    isDoubled = !isDoubled;
  }
  return sum % 10 === 0;
}
