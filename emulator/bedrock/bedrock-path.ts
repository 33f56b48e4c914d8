import type { ReceivedRequest } from "../exchange.ts";

/** A path of Bedrock Runtime such as `/model/{id}/{verb}`. */
export interface ModelPath {
  readonly modelId: string;
  readonly verb: string;
}

/**
 * Reads `POST /model/{id}/{verb}`. The id is one label, decoded after the path is split, so an ARN
 * keeps its slashes.
 */
export function parseModelPath({ method, path }: ReceivedRequest): ModelPath | undefined {
  const [root, collection, label = "", verb = "", ...rest] = (path.split("?")[0] ?? "").split("/");
  const isKnown = method === "POST" && root === "" && collection === "model" && rest.length === 0;
  return isKnown ? { modelId: decodeLabel(label), verb } : undefined;
}

/** A label that cannot be decoded names no model; the empty id stands for it. */
export function decodeLabel(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return "";
  }
}

/** The region a request is signed for; a request with a Bearer token names none. */
export function signingRegion({ headers }: ReceivedRequest): string {
  return /Credential=[^/,]+\/\d{8}\/([^/,]+)\//.exec(headers.authorization ?? "")?.[1] ?? "unknown";
}
