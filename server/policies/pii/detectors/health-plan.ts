import { createCodedValue } from "./coded-value.ts";

/** Numbers by which a health plan knows its members. Every plan has its own form, so the words before it decide. */
export const healthPlan = createCodedValue({
  entity: "HEALTH_PLAN",
  canary: "member id XEH482133771",
  leastDigits: 5,
  form: /^[A-Za-z0-9][A-Za-z0-9-]{5,19}$/,
  contextWords: new Set([
    "member id",
    "member number",
    "memberid",
    "subscriber",
    "beneficiary",
    "health plan",
    "insurance id",
    "insurance number",
    "insurance",
    "policy number",
    "policyholder",
    "medicaid",
    "group number",
  ]),
});
