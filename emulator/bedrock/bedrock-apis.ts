import type { Api } from "../api.ts";
import { type AuthenticatorOptions, createAuthenticator } from "../authenticate.ts";
import type { Lifecycle } from "../models/lifecycle.ts";
import { createBedrockDoor } from "./bedrock-door.ts";
import { createControlPlaneApi } from "./control-plane-api.ts";
import { createConverseApi } from "./converse-api.ts";
import { createCountTokensApi } from "./count-tokens-api.ts";
import { createInvokeApi } from "./invoke-api.ts";
import { createModelDesk } from "./model-desk.ts";

/** Who is let in to Bedrock, and which of its models answer. */
export interface BedrockOptions extends AuthenticatorOptions {
  readonly lifecycle: Lifecycle;
}

/** All of Bedrock's APIs behind one door. */
export function createBedrockApis(options: BedrockOptions): readonly Api[] {
  const door = createBedrockDoor(createAuthenticator(options));
  const desk = createModelDesk(options.lifecycle, options.now);
  return [
    createInvokeApi(door, desk),
    createConverseApi(door, desk),
    createCountTokensApi(door, desk),
    createControlPlaneApi(door, desk),
  ];
}
