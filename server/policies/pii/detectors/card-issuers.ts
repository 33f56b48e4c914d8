/** Card numbers whose first four digits are `first` to `last`, and how many digits they have. */
interface IssuerRange {
  readonly first: number;
  readonly last: number;
  readonly lengths: readonly number[];
}

/** Whether an issuer of payment cards gives out numbers with these first four digits and of this length. */
export function hasIssuer(firstFour: number, length: number): boolean {
  return ((lengthsOf[firstFour] ?? 0) & (1 << length)) !== 0;
}

const from14 = [14, 15, 16, 17, 18, 19];
const from16 = [16, 17, 18, 19];
const from12 = [12, 13, ...from14];

/** ISO/IEC 7812 issuer identification numbers, as the networks publish their own. */
const ranges: readonly IssuerRange[] = [
  { first: 4000, last: 4999, lengths: [13, 16, 19] }, // Visa
  { first: 5100, last: 5599, lengths: [16] }, // Mastercard
  { first: 2221, last: 2720, lengths: [16] },
  { first: 3400, last: 3499, lengths: [15] }, // American Express
  { first: 3700, last: 3799, lengths: [15] },
  { first: 6011, last: 6011, lengths: from16 }, // Discover
  { first: 6440, last: 6499, lengths: from16 },
  { first: 6500, last: 6599, lengths: from16 },
  { first: 3000, last: 3059, lengths: from14 }, // Diners Club
  { first: 3095, last: 3095, lengths: from14 },
  { first: 3600, last: 3699, lengths: from14 },
  { first: 3800, last: 3999, lengths: from14 },
  { first: 3528, last: 3589, lengths: from16 }, // JCB
  { first: 2131, last: 2131, lengths: [15] },
  { first: 1800, last: 1800, lengths: [15] },
  { first: 6200, last: 6299, lengths: from16 }, // UnionPay
  { first: 8100, last: 8199, lengths: from16 },
  { first: 5000, last: 5099, lengths: from12 }, // Maestro; Dankort's 5019 is among them
  { first: 5600, last: 5899, lengths: from12 },
  { first: 6000, last: 6999, lengths: from12 },
  { first: 2200, last: 2204, lengths: from16 }, // Mir
  { first: 1000, last: 1999, lengths: [15] }, // UATP
];

/** For each first four digits, a bit for each length. */
const lengthsOf = new Uint32Array(10_000);
for (const { first, last, lengths } of ranges) {
  const bits = lengths.reduce((sum, length) => sum | (1 << length), 0);
  for (let firstFour = first; firstFour <= last; firstFour++) {
    lengthsOf[firstFour] = (lengthsOf[firstFour] ?? 0) | bits;
  }
}
