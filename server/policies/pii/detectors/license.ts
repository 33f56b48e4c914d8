import { createCodedValue } from "./coded-value.ts";

/** Numbers of driving and professional licences. Every state has its own form, so the words before it decide. */
export const license = createCodedValue({
  entity: "LICENSE",
  canary: "driver license D4821337",
  leastDigits: 5,
  form: /^[A-Za-z0-9][A-Za-z0-9-]{4,19}$/,
  contextWords: new Set([
    "license",
    "licence",
    "licenses",
    "licences",
    "driver",
    "drivers",
    "driving",
    "dl",
    "dln",
    "permit",
    "certificate",
  ]),
});
