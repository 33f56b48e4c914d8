import fc from "fast-check";

/** Made-up personal data in the forms that people write, what almost is some, and what stands between. */
const fragments: readonly string[] = [
  "jane.doe@corp.example",
  "a@b",
  "x+tag@mail.example.org",
  "jürgen@bücher.example",
  "jane.",
  "@",
  "doe@",
  "123-45-6789",
  "123 45 6789",
  "123.45.6789",
  "123456789",
  "000-12-3456",
  "ssn",
  "SSN: ",
  "social security number is ",
  "4111 1111 1111 1111",
  "4111111111111111",
  "5555-5555-5555-4444",
  "378282246310005",
  "4111111111111112",
  "(212) 555-0187",
  "212-555-0187",
  "+1 212 555 0187",
  "+44 20 7946 0018",
  "2125550187",
  "https://corp.example/a?b=c",
  "192.0.2.17",
  "2001:db8::17",
  "GB82 WEST 1234 5698 7654 32",
  "DE89370400440532013000",
  "1M8GDM9AXKP042788",
  "021000021",
  "1EG4-TE5-MK73",
  "NPI 1234567893",
  "AB1234563",
  "1990-01-31",
  "02139",
  "order 12345678901234",
  "1700000000",
  "550e8400-e29b-41d4-a716-446655440000",
  "$1,234.56",
  "v1.2.3",
  "the quick brown fox",
  "grant proposal",
  "🙂",
  "𝟙𝟚",
  "é",
  "⟦EMAIL:bcdfghjk⟧",
  "[EMAIL]",
  "\\u0040",
  "1",
  "-",
  ".",
  "0",
];

const between: readonly string[] = [
  " ",
  " ",
  "",
  "",
  ", ",
  "\n",
  ". ",
  '"',
  ":",
  "(",
  ") ",
  "-",
  "\t",
];

/** Texts of such pieces, now and then with any character there is. */
export const personalTexts: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom(...fragments) },
        { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
        { weight: 1, arbitrary: fc.stringMatching(/^[0-9 .@-]{1,24}$/) },
      ),
      fc.constantFrom(...between),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.flat().join(""));

/** How long the pieces are that a text comes in: often single characters, so that everything is cut somewhere. */
export const pieceLengths: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 200 }),
  fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 40 }),
);
