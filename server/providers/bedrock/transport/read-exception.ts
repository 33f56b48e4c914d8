import type { IncomingHttpHeaders } from "node:http";
import { type JsonObject, objectAt, textAt } from "../../codec-parts/json.ts";
import type { HttpResponse } from "../../http/http-client.ts";
import { requestIdOf } from "../response-headers.ts";
import { ServiceException } from "./service-exception.ts";
import type { ResponseHeaders } from "./transport.ts";

/** The longest error body that is read. */
const mostErrorBytes = 1024 * 1024;

/** A response of any status but 200 as the exception that it names. A body that cannot be read leaves the status. */
export async function readException(response: HttpResponse): Promise<ServiceException> {
  const headers = plainHeaders(response.headers);
  const body = await readBody(response);
  const words = textAt(body.message) ?? textAt(body.Message) ?? "";
  return new ServiceException(nameOf(headers, body), words, {
    status: response.status,
    requestId: requestIdOf(headers),
    headers,
  });
}

/** A proxy between here and AWS answers in HTML, or not at all. */
async function readBody({ body }: HttpResponse): Promise<JsonObject> {
  try {
    return objectAt(JSON.parse((await body.whole(mostErrorBytes)).toString()));
  } catch {
    return {};
  }
}

/** The header is first, and may carry a namespace before `#` and a URI behind `:` (Smithy: restJson1, errors). */
function nameOf(headers: ResponseHeaders, body: JsonObject): string {
  const named = headers["x-amzn-errortype"] ?? textAt(body.code) ?? textAt(body.__type) ?? "";
  const [beforeUri = ""] = named.split(/[,:]/);
  return beforeUri.split("#").at(-1) || "Unknown";
}

/** A header that came more than once counts once: of those that matter here, none may. */
export function plainHeaders(headers: IncomingHttpHeaders): ResponseHeaders {
  const plain: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) {
    plain[name] = Array.isArray(value) ? value[0] : value;
  }
  return plain;
}
