import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PiiEntity } from "../../../../../server/core/pii-entities.ts";
import { hasIssuer } from "../../../../../server/policies/pii/detectors/card-issuers.ts";
import { ibanLengths } from "../../../../../server/policies/pii/detectors/iban-lengths.ts";
import { passesLuhn } from "../../../../../server/policies/pii/detectors/luhn.ts";
import { createScanner } from "../../../../../server/policies/pii/scanner.ts";

const digits = [..."0123456789"];

/** Which of these texts have something of the entity in them. */
function foundIn(entity: PiiEntity, texts: readonly string[]): readonly string[] {
  const { scan } = createScanner({ entities: [entity], defaultRegion: "US" });
  return texts.filter((text) => scan(text).length > 0);
}

describe("Luhn's check digit", () => {
  it("is one of ten for every number", () => {
    for (const number of ["7992739871", "0", "", "411111111111111", "999999999999999999"]) {
      assert.equal(digits.filter((digit) => passesLuhn(number + digit)).length, 1, number);
    }
  });
  it("is 3 for the standard's own example", () => assert.ok(passesLuhn("79927398713")));
  it("changes with every single digit", () => {
    const card = "4539148803436467";
    for (let at = 0; at < card.length; at++) {
      const passing = digits.filter((digit) =>
        passesLuhn(card.slice(0, at) + digit + card.slice(at + 1)),
      );
      assert.deepEqual(passing, [card[at]]);
    }
  });
  it("passes over what is no digit, and looks at its part of a text only", () => {
    assert.ok(passesLuhn("4539 1488-0343.6467"));
    assert.ok(passesLuhn("9 4539148803436467 9", 2, 18));
  });
});

describe("issuers of cards", () => {
  for (const [issuer, first, last, lengths] of [
    ["Visa", 4000, 4999, [13, 16, 19]],
    ["Mastercard", 5100, 5599, [16]],
    ["Mastercard since 2017", 2221, 2720, [16]],
    ["American Express 34", 3400, 3499, [15]],
    ["American Express 37", 3700, 3799, [15]],
    ["Diners Club 300 to 305", 3000, 3059, [14, 15, 16, 17, 18, 19]],
    ["Diners Club 3095", 3095, 3095, [14, 15, 16, 17, 18, 19]],
    ["Diners Club 36", 3600, 3699, [14, 15, 16, 17, 18, 19]],
    ["Diners Club 38 and 39", 3800, 3999, [14, 15, 16, 17, 18, 19]],
    ["JCB", 3528, 3589, [16, 17, 18, 19]],
    ["JCB 2131", 2131, 2131, [15]],
    ["JCB and UATP 1800", 1800, 1800, [15]],
    ["UATP", 1000, 1999, [15]],
    ["UnionPay 81", 8100, 8199, [16, 17, 18, 19]],
    ["Mir", 2200, 2204, [16, 17, 18, 19]],
    ["Maestro 50, Dankort among it", 5000, 5099, [12, 13, 14, 15, 16, 17, 18, 19]],
    ["Maestro 56 to 58", 5600, 5899, [12, 13, 14, 15, 16, 17, 18, 19]],
    ["Maestro 6, Discover and UnionPay among it", 6000, 6999, [12, 13, 14, 15, 16, 17, 18, 19]],
  ] as const) {
    it(`give out ${lengths.join(", ")} digits: ${issuer}`, () => {
      for (const firstFour of [first, (first + last) >> 1, last]) {
        const having = Array.from({ length: 25 }, (_, length) => length).filter((length) =>
          hasIssuer(firstFour, length),
        );
        assert.deepEqual(having, lengths);
      }
    });
  }
  for (const [first, last] of [
    [0, 999],
    [2000, 2130],
    [2132, 2199],
    [2205, 2220],
    [2721, 2999],
    [3060, 3094],
    [3096, 3399],
    [3500, 3527],
    [3590, 3599],
    [5900, 5999],
    [7000, 8099],
    [8200, 9999],
  ] as const) {
    it(`have nothing from ${first} to ${last}`, () => {
      for (let firstFour = first; firstFour <= last; firstFour++) {
        for (let length = 0; length < 32; length++) assert.ok(!hasIssuer(firstFour, length));
      }
    });
  }
});

describe("an account number's remainder by 97", () => {
  const account = "DE89370400440532013000";
  it("changes with every character", () => {
    const changed = [...account].flatMap((_, at) =>
      [...(at < 2 ? "FGST" : "0123456789")]
        .map((character) => account.slice(0, at) + character + account.slice(at + 1))
        .filter((text) => text !== account),
    );
    assert.deepEqual(foundIn("IBAN", changed), []);
  });
  it("changes when two neighbours change places", () => {
    const swapped = [...account]
      .map(
        (_, at) =>
          account.slice(0, at) + (account[at + 1] ?? "") + account[at] + account.slice(at + 2),
      )
      .filter((text) => text.length === account.length && text !== account);
    assert.deepEqual(foundIn("IBAN", swapped), []);
  });
  it("takes letters as 10 to 35", () => {
    assert.equal(
      foundIn("IBAN", ["GB82WEST12345698765432", "MT84MALT011000012345MTLCAST001S"]).length,
      2,
    );
  });
  it("is only asked for lengths that ISO 13616 allows", () => {
    assert.ok([...ibanLengths.values()].every((length) => length >= 15 && length <= 34));
  });
});

describe("a vehicle's check digit", () => {
  it("is one of eleven, the tenth of which is X", () => {
    const checks = [...digits, "X"];
    const numbers = (serial: string) => checks.map((check) => `1HGCM826${check}3A0${serial}`);
    assert.deepEqual(foundIn("VIN", numbers("04352")), ["1HGCM82633A004352"]);
    assert.deepEqual(
      foundIn(
        "VIN",
        checks.map((check) => `1M8GDM9A${check}KP042788`),
      ),
      ["1M8GDM9AXKP042788"],
    );
  });
  it("is not enough where there is no letter", () => {
    assert.deepEqual(foundIn("VIN", ["11111111111111111"]), []);
  });
  it("is not asked for where I, O or Q stand", () => {
    const letters = [..."IOQ"].map((letter) => `1HGCM8263${letter}A004352`);
    assert.deepEqual(foundIn("VIN", letters), []);
  });
});

describe("the check sum of a bank's routing number", () => {
  it("has one last digit of ten", () => {
    for (const start of ["01100001", "02100002", "12200024", "32227162"]) {
      assert.equal(
        foundIn(
          "ABA_ROUTING",
          digits.map((digit) => `routing ${start}${digit}`),
        ).length,
        1,
      );
    }
  });
  it("weighs 3, 7 and 1, so that neighbours cannot change places", () => {
    assert.deepEqual(foundIn("ABA_ROUTING", ["011000015", "101000015", "010100015"]), [
      "011000015",
    ]);
  });
  it("is not enough for zeros alone", () => {
    assert.deepEqual(foundIn("ABA_ROUTING", ["000000000"]), []);
  });
});

describe("a prescriber's check digit", () => {
  it("is one of ten", () => {
    for (const start of ["AB123456", "F9876543", "MX000001"]) {
      const found = foundIn(
        "DEA",
        digits.map((digit) => start + digit),
      );
      assert.equal(found.length, 1, start);
    }
  });
  it("weighs the second, fourth and sixth digit twice", () => {
    assert.deepEqual(foundIn("DEA", ["AB1234563", "AB2134563", "A91234563"]), [
      "AB1234563",
      "A91234563",
    ]);
  });
});

describe("a provider's check digit", () => {
  it("is that of 80840 and the number", () => {
    const found = foundIn(
      "NPI",
      digits.map((digit) => `npi 123456789${digit}`),
    );
    assert.deepEqual(found, ["npi 1234567893"]);
  });
  it("is not that of the number alone", () => {
    assert.ok(passesLuhn("1234567897"));
    assert.deepEqual(foundIn("NPI", ["npi 1234567897"]), []);
  });
  it("counts for numbers that begin with 1 or 2 only", () => {
    const numbers = digits.flatMap((first) => digits.map((last) => `npi ${first}23456789${last}`));
    assert.deepEqual(
      foundIn("NPI", numbers).map((text) => text[4]),
      ["1", "2"],
    );
  });
});

describe("a beneficiary's letters", () => {
  const capitals = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const letters = [..."ACDEFGHJKMNPQRTUVWXY"];
  for (const [place, before, after] of [
    ["second", "1", "G4TE5MK73"],
    ["fifth", "1EG4", "E5MK73"],
    ["eighth", "1EG4TE5", "K73"],
    ["ninth", "1EG4TE5M", "73"],
  ] as const) {
    it(`are all but S, L, O, I, B and Z at the ${place} place, and no digit is`, () => {
      const found = foundIn(
        "MBI",
        [...capitals, ...digits].map((unit) => before + unit + after),
      );
      assert.deepEqual(
        found.map((text) => text[before.length]),
        letters,
      );
    });
  }
  for (const [place, before, after] of [
    ["third", "1E", "4TE5MK73"],
    ["sixth", "1EG4T", "5MK73"],
  ] as const) {
    it(`or any digit stand at the ${place} place`, () => {
      const found = foundIn(
        "MBI",
        [...capitals, ...digits].map((unit) => before + unit + after),
      );
      assert.deepEqual(
        found.map((text) => text[before.length]),
        [...letters, ...digits],
      );
    });
  }
  it("come after a digit that is not 0", () => {
    const found = foundIn(
      "MBI",
      digits.map((digit) => `${digit}EG4TE5MK73`),
    );
    assert.deepEqual(
      found.map((text) => text[0]),
      digits.slice(1),
    );
  });
});
