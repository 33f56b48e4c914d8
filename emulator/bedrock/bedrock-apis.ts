import type { Api } from "../api.ts";
import { type AuthenticatorOptions, createAuthenticator } from "../authenticate.ts";
import { createBedrockDoor } from "./bedrock-door.ts";
import { createInvokeApi } from "./invoke-api.ts";

/** All of Bedrock's APIs behind one door. */
export function createBedrockApis(options: AuthenticatorOptions): readonly Api[] {
  const door = createBedrockDoor(createAuthenticator(options));
  return [createInvokeApi(door)];
}
