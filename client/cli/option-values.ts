import { InvalidArgumentError } from "commander";

/** Reads an option as a whole number within a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Reads an option as a decimal number; whether the model takes it is the gateway's to say. */
export function decimal(text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a number such as 0.7.");
}

/** Collects an option that may be given several times. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** The largest value of the contract's int32 fields. */
export const largestInt32 = 2 ** 31 - 1;
