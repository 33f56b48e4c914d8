/** What AWS answers for one named exception: HTTP status, usual message, extra members of the body. */
export interface ExceptionKind {
  readonly status: number;
  readonly message: string;
  /** Which AWS layer raises it; the front door checks credentials and has its own type suffix. */
  readonly layer: "bedrock" | "front-door";
  readonly members?: Readonly<Record<string, string | number>>;
}

const bedrock = (
  status: number,
  message: string,
  members?: ExceptionKind["members"],
): ExceptionKind => ({ status, message, layer: "bedrock", ...(members && { members }) });

const frontDoor = (status: number, message: string): ExceptionKind => ({
  status,
  message,
  layer: "front-door",
});

/**
 * Every exception the emulator can answer, modelled by the AWS Bedrock Runtime API or sent by the
 * layers in front of it. Messages are those AWS users quote, except where AWS's text is not known.
 */
export const exceptionKinds = {
  AccessDeniedException: bedrock(
    403,
    "You don't have access to the model with the specified model ID.",
  ),
  ConflictException: bedrock(400, "The request conflicts with the state of the resource."),
  InternalServerException: bedrock(
    500,
    "The system encountered an unexpected error during processing. Try your request again.",
  ),
  ModelErrorException: bedrock(
    424,
    "The request failed due to an error while processing the model.",
    { originalStatusCode: 500, resourceName: "model" },
  ),
  ModelNotReadyException: bedrock(
    429,
    "Model is not ready for inference. Wait and try your request again.",
  ),
  ModelStreamErrorException: bedrock(424, "An error occurred while streaming the response.", {
    originalMessage: "The model stopped unexpectedly.",
    originalStatusCode: 500,
  }),
  ModelTimeoutException: bedrock(
    408,
    "Model has timed out in processing the request. Try your request again.",
  ),
  ResourceNotFoundException: bedrock(
    404,
    "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
  ),
  ServiceQuotaExceededException: bedrock(400, "Your request exceeds a service quota."),
  ServiceUnavailableException: bedrock(503, "Bedrock is unable to process your request."),
  ThrottlingException: bedrock(429, "Too many requests, please wait before trying again."),
  ValidationException: bedrock(
    400,
    "Malformed input request, please reformat your input and try again.",
  ),
  ExpiredTokenException: frontDoor(403, "The security token included in the request is expired"),
  UnrecognizedClientException: frontDoor(
    403,
    "The security token included in the request is invalid.",
  ),
  InvalidSignatureException: frontDoor(
    403,
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  ),
  IncompleteSignature: frontDoor(400, "The request signature does not conform to AWS standards."),
  MissingAuthenticationTokenException: frontDoor(403, "Missing Authentication Token"),
  MissingAuthenticationToken: frontDoor(403, "Missing Authentication Token"),
  RequestExpired: frontDoor(400, "Request has expired."),
  InvalidClientTokenId: frontDoor(403, "The security token included in the request is invalid."),
  InternalFailure: frontDoor(500, "The request processing has failed."),
  FTUFormNotFilled: bedrock(
    404,
    "Model use case details have not been submitted for this account.",
  ),
  MPAgreementBeingCreated: bedrock(403, "The model agreement is being created. Try again later."),
  UnknownOperationException: frontDoor(404, "The requested operation is not known."),
} satisfies Record<string, ExceptionKind>;

/** The name of an exception the emulator can answer. */
export type ExceptionName = keyof typeof exceptionKinds;

/** The names of all exceptions, in the order of the table. */
export const exceptionNames = Object.keys(exceptionKinds) as readonly ExceptionName[];

/** Narrows any value to the name of a known exception. */
export function isExceptionName(name: unknown): name is ExceptionName {
  return typeof name === "string" && Object.hasOwn(exceptionKinds, name);
}

/** Looks an exception up with its full type, so that its optional members can be read. */
export function exceptionKind(name: ExceptionName): ExceptionKind {
  return exceptionKinds[name];
}
