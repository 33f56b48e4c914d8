import { type Random, two } from "./random.ts";

/** A sentence or two as people write them about work, money, travel and science; no two are meant to be alike. */
export function proseLine(random: Random): string {
  const sentences = Array.from({ length: random.int(1, 4) }, () => sentence(random));
  return `${random.pick(openings)}${sentences.join(" ")}`;
}

const openings = ["", "", "", "- ", "1. ", "> ", "**Note:** ", "## "] as const;

function sentence(random: Random): string {
  const words = [
    random.pick(subjects),
    random.pick(verbs),
    random.pick(objects),
    random.pick(figures)(random),
    random.pick(ends),
  ];
  return `${words.filter((word) => word !== "").join(" ")}${random.pick([".", ".", ".", "!", "?", ";"])}`;
}

const subjects = [
  "The grant proposal",
  "Our committee",
  "The second draft of the report",
  "Users of the older version",
  "Everybody who called support",
  "The error: nobody expected it, but the server",
  "A phone that rings in the night",
  "The card game on the table",
  "Social security reform",
  "The number of visitors",
  "Her driver, who has a licence,",
  "“Nothing,” she wrote, “can be",
  "The train from Łódź to Zürich",
  "Le comité de lecture",
  "東京の会議",
  "The contact lens",
] as const;

const verbs = [
  "was sent on Tuesday with",
  "has grown since then by",
  "needs at least",
  "compares favourably with",
  "will text you about",
  "reached the end of",
  "credited nothing to",
  "was called off because of",
  "costs about as much as",
  "did not answer for",
] as const;

const objects = [
  "the rest of the material",
  "several pages of tables",
  "a room on the ground floor",
  "the annual budget",
  "measurements of the river",
  "tickets for the match",
  "an order of spare parts",
  "the chapter on phone lines",
  "a mobile home",
  "every signal on the line",
] as const;

const months = ["January", "March", "May", "August", "October", "December"] as const;

/** What numbers are in ordinary texts. */
const figures: readonly [(random: Random) => string, ...((random: Random) => string)[]] = [
  () => "",
  () => "",
  (random) => `on ${random.pick(months)} ${random.int(1, 28)}, ${random.int(1900, 2030)}`,
  (random) => `on ${random.int(1990, 2030)}-${two(random.int(1, 12))}-${two(random.int(1, 28))}`,
  (random) => `on ${random.int(1, 12)}/${random.int(1, 28)}/${random.int(1990, 2030)}`,
  (random) => `on ${two(random.int(1, 28))}.${two(random.int(1, 12))}.${random.int(1990, 2030)}`,
  (random) => `at ${random.int(1, 12)}:${two(random.int(0, 59))} p.m.`,
  (random) =>
    `from ${two(random.int(0, 23))}:${two(random.int(0, 59))} to ${two(random.int(0, 23))}.${two(random.int(0, 59))}`,
  (random) => `(order ${random.digits(random.int(6, 11))})`,
  (random) => `under order number ${random.digits(10)}`,
  (random) => `of invoice ${random.int(2019, 2030)}-${random.digits(4)}-${random.digits(3)}`,
  (random) => `as ticket #${random.digits(random.int(4, 9))}`,
  (random) => `(reference ${random.digits(3)}-${random.digits(7)}-${random.digits(7)})`,
  (random) => `for $${random.int(1, 999)},${random.digits(3)}.${two(random.int(0, 99))}`,
  (random) => `for €${random.digits(random.int(1, 4))},${two(random.int(0, 99))} each`,
  (random) => `at 3 @ $${random.decimal(0, 99, 2)}`,
  (random) => `in ${random.digits(3)} of ${random.digits(3)} cases`,
  (random) => `by ${random.decimal(-99, 99, 1)} %, or ${random.decimal(0, 9, 3)} points`,
  (random) => `to ${random.digits(3)},${random.digits(3)},${random.digits(3)} people`,
  (random) => `with a population of ${random.digits(9)}`,
  (random) =>
    `${random.digits(3)} km, ${random.decimal(1, 400, 2)} m² and ${random.decimal(-40, 40, 1)} °C`,
  (random) => `near ${random.decimal(-90, 90, 4)}, ${random.decimal(-180, 180, 4)}`,
  (random) =>
    `in chapters ${random.int(1, 9)}-${random.int(10, 20)}, pages ${random.digits(3)}–${random.digits(3)}`,
  (random) =>
    `(${random.int(0, 9)}:${random.int(0, 9)}, ${random.int(0, 7)}-${random.int(0, 7)}, ${random.int(0, 7)}–${random.int(0, 7)})`,
  (random) =>
    `in ${random.int(1900, 1990)}-${two(random.int(0, 99))} and ${random.int(1991, 2030)}/${two(random.int(0, 99))}`,
  (random) =>
    `of ISBN 978-${random.int(0, 9)}-${random.digits(2)}-${random.digits(6)}-${random.int(0, 9)}`,
  (random) => `with EAN ${random.int(400, 690)}${random.digits(10)}`,
  (random) => `in room ${random.digits(3)}, box ${random.digits(4)}, shelf ${random.int(1, 40)}`,
  (random) => `to Springfield, IL 6${random.digits(4)}-${random.digits(4)}`,
  (random) => `with flight XY ${random.digits(4)} from gate ${random.int(1, 80)}`,
  (random) => `part A${random.digits(3)}-${random.digits(2)}-${random.digits(4)}B`,
  (random) =>
    `as RFC ${random.digits(4)}, section ${random.int(1, 9)}.${random.int(1, 9)}.${random.int(1, 9)}, says`,
  (random) => `in version ${random.int(1, 30)}.${random.int(0, 99)}.${random.int(0, 9999)}`,
  (random) => `, thanks to @${random.pick(["octo", "river", "team/docs", "a.writer"])},`,
  (random) => `in the ratio ${random.digits(3)} : ${random.digits(3)} : ${random.digits(4)}`,
  (random) =>
    `for the years ${random.int(1950, 1990)}, ${random.int(1991, 2010)} and ${random.int(2011, 2030)}`,
  (random) => `with 3.${random.digits(random.int(8, 19))} as π`,
  (random) =>
    `x${random.int(1, 9)} = ${random.digits(3)} - ${random.digits(3)} - ${random.digits(4)}`,
];

const ends = [
  "",
  "and nobody objected",
  "before the end of the month",
  "as the minutes of the meeting show",
  "(see the appendix)",
  "— which surprised us",
  "whatever the phone says",
  "so call us anytime",
] as const;
