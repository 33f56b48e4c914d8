import assert from "node:assert/strict";
import { it } from "node:test";
import { listingAdvice } from "../../../../../server/providers/bedrock/live/listing-advice.ts";

const cases: readonly (readonly [name: string, says: RegExp])[] = [
  ["AccessDeniedException", /bedrock:ListFoundationModels and bedrock:ListInferenceProfiles/],
  ["UnrecognizedClientException", /credentials/],
  ["CredentialsProviderError", /credentials/],
  ["ExpiredTokenException", /credentials/],
  ["ThrottlingException", /throttles/],
  ["InternalServerException", /AWS had a fault/],
  ["TimeoutError", /com\.amazonaws\.eu-west-3\.bedrock,/],
  ["ECONNREFUSED", /bedrock\.eu-west-3\.amazonaws\.com/],
  ["ENOTFOUND", /LLM_BEDROCK_CONTROL_ENDPOINT_URL/],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", /LLM_BEDROCK_CONTROL_ENDPOINT_URL/],
  ["SyntaxError", /does not look like Bedrock/],
  ["ListingTooLarge", /does not look like Bedrock/],
  ["SomethingNew", /does not look like Bedrock/],
];

for (const [name, says] of cases) {
  it(`${name} has an advice that says ${says.source}`, () => {
    assert.match(listingAdvice(name, "eu-west-3"), says);
  });
}
