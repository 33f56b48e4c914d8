import type { Endpoint } from "../../core/call.ts";

/** The texts by which AWS's many refusals with one name are told apart (seen in public), and what an operator does. */
const remedies: readonly (readonly [seen: RegExp, remedy: string])[] = [
  [
    /Marketplace/,
    "Allow aws-marketplace:ViewSubscriptions and aws-marketplace:Subscribe for the gateway's role, or open the model once in the Amazon Bedrock console, Model catalog, as somebody who may.",
  ],
  [
    /is not authorized to perform|explicit deny|no identity-based policy/,
    "Allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream on the model, and on its inference profile and the foundation models behind it, for the gateway's role; look for a policy of the organisation that denies them.",
  ],
  [
    /PAYMENT_INSTRUMENT/,
    "Add a valid payment method to the AWS account (Billing console, Payment preferences), then open the model once in the Amazon Bedrock console, Model catalog.",
  ],
  [
    /use case details/i,
    "Submit the use case details that Anthropic asks for: Amazon Bedrock console, Model catalog, any Anthropic model.",
  ],
  [
    /agreement is being created/i,
    "AWS is still making the account's agreement for this model. Wait a few minutes.",
  ],
  [
    /account is not authorized/,
    "AWS does not let this account use the API at all, which is usual for new ones. Open a case with AWS Support.",
  ],
];

/** What has to be done before the model answers. Holds nothing of AWS's own words, which name accounts and users. */
export function accessDeniedRemedy(words: string, endpoint: Endpoint | undefined): string {
  const known = remedies.find(([seen]) => seen.test(words));
  if (known) return known[1];
  const region = endpoint ? ` in ${endpoint.region}` : "";
  return `Enable the model in the Amazon Bedrock console, Model access (or Model catalog)${region}, for the gateway's AWS account, and allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream on it for the gateway's role.`;
}
