import type { Policy, PolicyOverride, Selection } from "../../core/policy.ts";
import { type MemberSchemas, trueOrFalse } from "../schema/json-schema.ts";
import { type Field, flagOf, itemsOf, membersOf, type Reading, refuse } from "./fields.ts";
import type { PolicyKind } from "./policy-kind.ts";
import { readSelection, selectionMembers, selectionNames } from "./selection.ts";

/** What an override of such a policy has. */
export function overrideMembers<P extends Policy>(kind: PolicyKind<P>): MemberSchemas {
  const changes = Object.entries(kind.members).filter(([name]) =>
    kind.overrideMembers.includes(name),
  );
  return { ...selectionMembers, enabled: trueOrFalse, ...Object.fromEntries(changes) };
}

/** Reads `overrides` of a policy: each names some of its calls, and what is different for them. */
export function readOverrides<P extends Policy>(
  field: Field | undefined,
  kind: PolicyKind<P>,
  policy: P,
  reading: Reading,
): readonly PolicyOverride<P>[] {
  const example = "[{tenants: [acme], enabled: false}]";
  const items = field ? itemsOf(field, reading, example) : undefined;
  return (items ?? []).flatMap((item) => {
    const members = membersOf(item, reading, {
      what: "an override",
      members: overrideMembers(kind),
      example: "{tenants: [acme], enabled: false}",
    });
    return members ? [readOverride(members, item, kind, policy, reading)] : [];
  });
}

function readOverride<P extends Policy>(
  members: ReadonlyMap<string, Field>,
  item: Field,
  kind: PolicyKind<P>,
  policy: P,
  reading: Reading,
): PolicyOverride<P> {
  const selection = readSelection(members, reading);
  const enabled = members.get("enabled");
  if (!selectionNames.some((name) => members.has(name))) {
    refuse(
      reading,
      item,
      "names no keys, tenants or models, so it would hold for all. Change the policy itself",
    );
  }
  if (![...members.keys()].some((name) => !isSelection(name))) {
    const can = ["enabled", ...kind.overrideMembers].join(", ");
    refuse(reading, item, `changes nothing. It can change: ${can}`);
  }
  refuseSecondLimit(members, item, kind, policy, reading);
  return {
    selection,
    changes: kind.readChanges(members, reading, policy),
    enabled: enabled && flagOf(enabled, reading),
    where: item.line,
  };
}

/** What is counted together has one limit: another one for some of its calls would be no limit at all. */
function refuseSecondLimit<P extends Policy>(
  members: ReadonlyMap<string, Field>,
  item: Field,
  { countedBy }: PolicyKind<P>,
  policy: P,
  reading: Reading,
): void {
  const allowed = countedBy?.(policy);
  if (!allowed || !members.has("limits")) return;
  const other = selectionNames.find((name) => members.has(name) && !allowed.includes(name));
  if (other === undefined) return;
  const advice =
    allowed.length > 0
      ? `With this scope, limits can differ by ${allowed.join(" and ")}`
      : "With this scope, there is one count, and so one limit";
  refuse(
    reading,
    item,
    `cannot have limits of its own for some ${other}. ${advice}; write a policy of its own with applies_to.`,
  );
}

function isSelection(name: string): name is keyof Selection {
  return selectionNames.some((member) => member === name);
}
