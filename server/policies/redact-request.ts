import { create } from "@bufbuild/protobuf";
import {
  type CompleteRequest,
  CompleteRequestSchema,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call } from "../core/call.ts";
import { GatewayError } from "../core/error.ts";
import type { Layer } from "../core/layer.ts";
import type { ScreenedCall } from "../core/screened-call.ts";
import type { OnSighting } from "../core/sighting.ts";
import { createPseudonyms, type Pseudonyms, tagsOf } from "./pii/pseudonyms.ts";
import { redactionOf } from "./pii/redaction.ts";
import { rewriteRequest } from "./pii/request-texts.ts";
import { restoreEvents } from "./pii/restore.ts";
import type { PiiSides, RuleBook } from "./pii/rule-book.ts";
import { createTally, type Tally } from "./pii/tally.ts";

export interface RedactRequestOptions {
  readonly ruleBook: RuleBook;
  /** Of this process, at random: what tokens are made with, so that nobody can guess one. */
  readonly secret: Uint8Array;
  readonly onSighting: OnSighting;
}

/**
 * Takes personal data out of a request as the policies say. A request that they block goes on without its texts, to be
 * written down and refused below. As the very last stage of the answer it puts values back in
 * the place of the tokens that it minted. Where no policy looks for personal data, request and answer pass untouched.
 */
export function redactRequest(options: RedactRequestOptions): Layer<Call, ScreenedCall> {
  const { ruleBook, secret, onSighting } = options;
  return {
    name: "redactRequest",
    wrap: (next) => async (call) => {
      const sides = ruleBook(call);
      if (!sides) return next({ ...call, screening: undefined });
      const tags = lazily(() => tagsOf(secret, call));
      const mint = createPseudonyms((entity, value) => tags()(entity, value));
      const tally = createTally(call, "request", onSighting);
      const passed = screened(call, sides, { mint, tally, tags: () => tags() });
      const screening = { redactions: tally.redactions(), mint };
      const reply = await next({ ...call, ...passed, screening });
      const mayRestore = !mint.isEmpty || mintsForAnswers(sides);
      return mayRestore
        ? { ...reply, events: restoreEvents(reply.events, mint, call.request) }
        : reply;
    },
  };
}

interface Screen {
  readonly mint: Pseudonyms;
  readonly tally: Tally;
  readonly tags: () => (entity: string, value: string) => string;
}

function screened(
  { request }: Call,
  { request: side, pseudonymizes }: PiiSides,
  { mint, tally, tags }: Screen,
): Pick<ScreenedCall, "request" | "refusal"> {
  if (!side) return { request };
  const redaction = redactionOf({
    side,
    tally,
    pseudonyms: mint,
    blandId: (id) => `id${tags()("ID", id).slice(0, 16)}`,
    restores: pseudonymizes,
    isSameConversation: request.conversationId !== "",
  });
  try {
    return { request: rewriteRequest(request, redaction) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { request: withoutTexts(request), refusal: error };
  }
}

/** What is asked of whom, and nothing of what is said. */
function withoutTexts({ model, provider }: CompleteRequest): CompleteRequest {
  return create(CompleteRequestSchema, { model, provider });
}

function mintsForAnswers({ response }: PiiSides): boolean {
  return [...(response?.rules.values() ?? [])].some(({ action }) => action === "pseudonymize");
}

function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
