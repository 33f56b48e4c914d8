import type { ContextValues } from "@connectrpc/connect";
import { universalRequestFromNodeRequest } from "@connectrpc/connect-node";
import { malformedRequest } from "../errors.ts";
import type { HelpLinks } from "../help-links.ts";
import { type HttpExchange, sendJson } from "../http/exchange.ts";
import { restError } from "../rest/answer.ts";

/** The request as connect-es takes it; undefined where no URL can be made of the host that it names, or it names none. */
export function requestOf({ request, response }: HttpExchange, values: ContextValues) {
  try {
    return universalRequestFromNodeRequest(request, response, undefined, values);
  } catch {
    return undefined;
  }
}

/** Answers such a request without connect-es, in plain JSON. */
export function refuseUnaddressed(
  { response, requestId }: HttpExchange,
  helpLinks: HelpLinks | undefined,
): void {
  const error = malformedRequest("The request names no host, or one that is none.");
  const { status, body } = restError(error, requestId, helpLinks);
  sendJson(response, status, body);
}
