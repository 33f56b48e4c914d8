import { createCodedValue } from "./coded-value.ts";

/** Numbers of accounts. Every bank and shop has its own form, so the words before it decide. */
export const account = createCodedValue({
  entity: "ACCOUNT",
  canary: "account number 4821337790",
  leastDigits: 6,
  form: /^(?:[A-Za-z]{1,4}-?)?[0-9][0-9-]{5,19}$/,
  contextWords: new Set([
    "account",
    "accounts",
    "acct",
    "acc",
    "a c",
    "account number",
    "checking",
    "savings",
    "konto",
    "cuenta",
    "compte",
  ]),
});
