/** The shorter length over the longer one, from 0 to 1. Two empty texts are equal. */
export function lengthRatio(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : Math.min(a.length, b.length) / longer;
}
