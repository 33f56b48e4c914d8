import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "./error.ts";

/** A key that holds has the name. */
export function keyNameTaken(name: string): GatewayError {
  return new GatewayError(
    Code.AlreadyExists,
    ErrorReason.KEY_NAME_TAKEN,
    `A licence key named ${name} exists. Revoke or rotate that one, or choose another name.`,
    { metadata: { name } },
  );
}

/** No key has this id, or this name. */
export function keyNotFound(key: string): GatewayError {
  return new GatewayError(
    Code.NotFound,
    ErrorReason.KEY_NOT_FOUND,
    `There is no licence key ${JSON.stringify(key.slice(0, 64))}. List the keys to see those that there are.`,
    { metadata: { key: key.slice(0, 64) } },
  );
}

/** The key stays as it is; the remedy is a whole sentence. */
export function keyNotChangeable(problem: string, remedy: string): GatewayError {
  return new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.KEY_NOT_CHANGEABLE,
    `${problem} ${remedy}`,
    { metadata: { remedy } },
  );
}

/** It has an end already, so another one cannot take its place. */
export function keyHasEnded(id: string): GatewayError {
  return keyNotChangeable(
    `The licence key ${id} has ended, or was rotated.`,
    "Rotate the one that took its place, or create a new one.",
  );
}
