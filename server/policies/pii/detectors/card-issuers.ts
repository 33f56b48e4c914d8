/** Numbers that begin with `first` to `last`, both of the same length.  */
interface IssuerRange {
  readonly first: number;
  readonly last: number;
  readonly lengths: readonly number[];
}

/** Whether an issuer of payment cards gives out numbers that begin and are as long as this one. */
export function hasIssuer(digits: string): boolean {
  return ranges.some(({ first, last, lengths }) => {
    if (!lengths.includes(digits.length)) return false;
    const beginning = Number(digits.slice(0, String(first).length));
    return beginning >= first && beginning <= last;
  });
}

const from14 = [14, 15, 16, 17, 18, 19];
const from16 = [16, 17, 18, 19];
const from12 = [12, 13, ...from14];

/** ISO/IEC 7812 issuer identification numbers, as the networks publish their own. */
const ranges: readonly IssuerRange[] = [
  { first: 4, last: 4, lengths: [13, 16, 19] }, // Visa
  { first: 51, last: 55, lengths: [16] }, // Mastercard
  { first: 2221, last: 2720, lengths: [16] },
  { first: 34, last: 34, lengths: [15] }, // American Express
  { first: 37, last: 37, lengths: [15] },
  { first: 6011, last: 6011, lengths: from16 }, // Discover
  { first: 644, last: 649, lengths: from16 },
  { first: 65, last: 65, lengths: from16 },
  { first: 300, last: 305, lengths: from14 }, // Diners Club
  { first: 3095, last: 3095, lengths: from14 },
  { first: 36, last: 36, lengths: from14 },
  { first: 38, last: 39, lengths: from14 },
  { first: 3528, last: 3589, lengths: from16 }, // JCB
  { first: 2131, last: 2131, lengths: [15] },
  { first: 1800, last: 1800, lengths: [15] },
  { first: 62, last: 62, lengths: from16 }, // UnionPay
  { first: 81, last: 81, lengths: from16 },
  { first: 50, last: 50, lengths: from12 }, // Maestro; Dankort's 5019 is among them
  { first: 56, last: 58, lengths: from12 },
  { first: 6, last: 6, lengths: from12 },
  { first: 2200, last: 2204, lengths: from16 }, // Mir
  { first: 1, last: 1, lengths: [15] }, // UATP
];
