import type { ContentFilterPolicy, ContentRule, PiiRule } from "../../core/policy.ts";
import { listOf } from "../schema/json-schema.ts";
import { contentRuleSchema, readContentRule } from "./content-rules.ts";
import { type Field, itemsOf, type Reading, refuse } from "./fields.ts";
import type { PolicyKind } from "./policy-kind.ts";

/** How policies of the type `content_filter` are read. */
export const contentFilter: PolicyKind<ContentFilterPolicy> = {
  members: { filters: listOf(contentRuleSchema) },
  required: ["filters"],
  overrideMembers: ["filters"],
  hints: {
    entities: "It stands in a filter: filters: [{type: pii_detection, entities: […]}].",
    action: "It stands in a filter: filters: [{type: pii_detection, action: redact, …}].",
  },
  read(members, policy, reading, common) {
    const field = members.get("filters");
    if (!field) refuse(reading, policy, "has no filters, so it would do nothing");
    const filters = field ? readFilters(field, reading) : [];
    return { type: "content_filter", ...common, filters };
  },
  readChanges(members, reading) {
    const field = members.get("filters");
    return field ? { filters: readFilters(field, reading) } : {};
  },
};

function readFilters(field: Field, reading: Reading): readonly ContentRule[] {
  const items = itemsOf(field, reading, "[{type: pii_detection, entities: [SSN, EMAIL]}]") ?? [];
  const filters = items.flatMap((item) => {
    const rule = readContentRule(item, reading);
    return rule ? [{ rule, item }] : [];
  });
  refuseTwice(filters, reading);
  return filters.map(({ rule }) => rule);
}

/** Two rules for one entity in one policy: one of them would be passed over. */
function refuseTwice(
  filters: readonly { readonly rule: ContentRule; readonly item: Field }[],
  reading: Reading,
): void {
  const seen: PiiRule[] = [];
  for (const { rule: filter, item } of filters) {
    if (filter.type !== "pii_detection") continue;
    for (const rule of filter.rules) {
      if (seen.some((other) => other.entity === rule.entity && overlaps(other, rule))) {
        refuse(reading, item, `has more than one rule for ${rule.entity} in one direction`);
      }
      seen.push(rule);
    }
  }
}

function overlaps({ direction: a }: PiiRule, { direction: b }: PiiRule): boolean {
  return a === b || a === "both" || b === "both";
}
