import type { Call } from "../core/call.ts";
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
 * Takes personal data out of a request as the policies say. As the very last stage of the answer it puts values back in
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
      const request = screened(call, sides, { mint, tally, tags: () => tags() });
      const screening = { redactions: tally.redactions(), mint };
      const reply = await next({ ...call, request, screening });
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
) {
  if (!side) return request;
  return rewriteRequest(
    request,
    redactionOf({
      side,
      tally,
      pseudonyms: mint,
      blandId: (id) => `id${tags()("ID", id).slice(0, 16)}`,
      restores: pseudonymizes,
      isSameConversation: request.conversationId !== "",
    }),
  );
}

function mintsForAnswers({ response }: PiiSides): boolean {
  return [...(response?.rules.values() ?? [])].some(({ action }) => action === "pseudonymize");
}

function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
