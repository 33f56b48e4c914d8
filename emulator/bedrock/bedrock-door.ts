import type { Api } from "../api.ts";
import type { Authenticate } from "../authenticate.ts";
import { BedrockException } from "../bedrock-exception.ts";

/** What all of Bedrock's APIs have in common: who is let in, and how a refusal looks. */
export type BedrockDoor = Pick<
  Api,
  "authenticate" | "requestIdHeader" | "exception" | "knows" | "refusal"
>;

/** Creates the part that Bedrock's APIs share. */
export function createBedrockDoor(authenticate: Authenticate): BedrockDoor {
  return {
    authenticate,
    requestIdHeader: "x-amzn-RequestId",
    exception: (action) => new BedrockException(action.exception, action),
    knows: (error) => error instanceof BedrockException,
    refusal: (error) => asBedrockException(error).refusal,
  };
}

/** Anything but a BedrockException is the emulator's own failure. */
export function asBedrockException(error: unknown): BedrockException {
  if (error instanceof BedrockException) return error;
  return new BedrockException("InternalServerException");
}
