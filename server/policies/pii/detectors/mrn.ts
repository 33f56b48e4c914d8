import { createCodedValue } from "./coded-value.ts";

/** Numbers of medical records. Every hospital has its own form, so the words before it decide. */
export const mrn = createCodedValue({
  entity: "MRN",
  canary: "mrn 48213377",
  leastDigits: 4,
  // Four digits may be a year: the chart of 2024.
  form: /^(?!(?:19|20)[0-9]{2}$)(?:[A-Za-z]{1,4}-?)?[0-9][0-9-]{3,14}$/,
  contextWords: new Set([
    "mrn",
    "medical record",
    "patient id",
    "patient number",
    "patient identifier",
    "chart",
    "hospital number",
  ]),
});
