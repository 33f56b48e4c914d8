/** What an operator can do about a listing that fails with an error of this name. */
export function listingAdvice(name: string, region: string): string {
  const [, advice] = advices.find(([names]) => names.test(name)) ?? [];
  return (advice ?? checkEndpoint).replaceAll("REGION", region);
}

const checkEndpoint =
  "what answers does not look like Bedrock's control plane: check LLM_BEDROCK_CONTROL_ENDPOINT_URL, and proxies on the way";

/** Names are AWS's exceptions, the SDK's own errors, and Node's codes of network errors. */
const advices: readonly (readonly [names: RegExp, advice: string])[] = [
  [
    /^AccessDenied|^UnauthorizedOperation/,
    "allow the gateway's IAM role bedrock:ListFoundationModels and bedrock:ListInferenceProfiles on resource *",
  ],
  [
    /^(?:UnrecognizedClient|InvalidSignature|ExpiredToken|IncompleteSignature|MissingAuthenticationToken|InvalidClientTokenId|CredentialsProvider|TokenProvider|NotAuthorized)/,
    "check the AWS credentials of the gateway and its clock",
  ],
  [/^Throttling|^TooManyRequests/, "nothing: AWS throttles the listing, which is read again later"],
  [
    /^(?:InternalServer|ServiceUnavailable|InternalFailure)/,
    "nothing: AWS had a fault, and the listing is read again later",
  ],
  [
    /^E[A-Z_]+$|^TimeoutError$|^ERR_|^CERT_|_CERT|^DEPTH_ZERO/,
    "let the gateway reach bedrock.REGION.amazonaws.com, make a VPC endpoint for com.amazonaws.REGION.bedrock, set LLM_BEDROCK_CONTROL_ENDPOINT_URL to one, or turn the listing off with AXONFLOW_MODEL_REFRESH_MS=0",
  ],
];
