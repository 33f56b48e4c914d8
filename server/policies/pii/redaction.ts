import type { JsonObject } from "@bufbuild/protobuf";
import type { PiiAction } from "../../core/policy.ts";
import { type ActOptions, actOn, blocked } from "./act.ts";
import { rewriteJson } from "./json-rewriter.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import type { RequestRewriting } from "./request-texts.ts";
import type { Rewriting } from "./rewriter.ts";
import type { PiiSide } from "./rule-book.ts";
import type { Scanner } from "./scan.ts";
import type { Tally } from "./tally.ts";
import { rewriteText } from "./text-rewriter.ts";
import { literalEntity, tokenLikes } from "./token-scanner.ts";

/** What redacts one request. */
export interface RedactionOptions {
  readonly side: PiiSide;
  readonly tally: Tally;
  readonly pseudonyms: Pseudonyms;
  /** An id that says nothing, the same each time for one id. */
  readonly blandId: (id: string) => string;
  /** Whether an answer will have its tokens taken for values, so that what only looks like one has to be kept apart. */
  readonly restores: boolean;
  /** Whether tokens are those that the model signed its reasoning with. */
  readonly isSameConversation: boolean;
}

/** How each text of a request is redacted. */
export function redactionOf(options: RedactionOptions): RequestRewriting {
  const { side, tally, pseudonyms, restores, isSameConversation, blandId } = options;
  const acting: ActOptions = { rules: side.rules, way: "request", tally, mint: pseudonyms };
  const act = actOn(acting);
  const rewriting: Rewriting = {
    scanner: restores ? withTokenLikes(side.scanner) : side.scanner,
    replace: (finding, value) =>
      finding.entity === literalEntity
        ? pseudonyms.tokenFor(literalEntity, value)
        : act(finding, value),
  };
  const labelling: Rewriting = {
    scanner: side.scanner,
    replace: actOn({ ...acting, mint: undefined }),
  };
  const json = (keepsNumbers: boolean) => (value: JsonObject) => {
    const written = JSON.stringify(value);
    const rewritten = rewriteJson(written, rewriting, { keepsNumbers });
    return rewritten === written ? value : (JSON.parse(rewritten) as JsonObject);
  };
  return {
    text: (text) => rewriteText(text, rewriting),
    label: (text) => rewriteText(text, labelling),
    json: json(false),
    schema: json(true),
    name: (name) => refuseIn(name, side, tally),
    id: (id) => (side.scanner.scan(id).some(isActedOn(side)) ? blandId(id) : id),
    reasoning: (text) => {
      const actions = new Set<PiiAction>();
      const watching = actOn({ ...acting, onAction: (action) => actions.add(action) });
      const written = rewriteText(text, { ...rewriting, replace: watching });
      actions.delete("allow");
      if (isSameConversation) actions.delete("pseudonymize");
      return actions.size === 0 ? written : undefined;
    },
  };
}

/** A name has to stay what it is, so it passes as it is or not at all. */
function refuseIn(name: string, side: PiiSide, tally: Tally): string {
  for (const { entity } of side.scanner.scan(name)) {
    const rule = side.rules.get(entity);
    if (!rule) continue;
    tally.add(entity, rule.action === "allow" ? "allow" : "block");
    if (rule.action !== "allow") throw blocked(entity, rule.policy, "request");
  }
  return name;
}

function isActedOn({ rules }: PiiSide) {
  return ({ entity }: { readonly entity: string }) => rules.get(entity)?.action !== "allow";
}

/** Finds what looks like a token too, but for what holds personal data: that does not stay as it is anyway. */
function withTokenLikes(scanner: Scanner): Scanner {
  return {
    ...scanner,
    scan(text, from) {
      const found = scanner.scan(text, from);
      const likes = tokenLikes(text).filter(
        ({ start, end }) => !found.some((each) => each.start < end && start < each.end),
      );
      return likes.length === 0 ? found : [...found, ...likes].sort((a, b) => a.start - b.start);
    },
  };
}
