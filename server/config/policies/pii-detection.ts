import { getCountries } from "libphonenumber-js";
import { isMap } from "yaml";
import type { ContentRule, PiiAction, PiiRule, PolicyDirection } from "../../core/policy.ts";
import {
  anyOf,
  listOf,
  type MemberSchemas,
  mapOf,
  plainText,
  words,
} from "../schema/json-schema.ts";
import {
  type Field,
  itemsOf,
  membersOf,
  type Reading,
  refuse,
  sourceOf,
  wordOf,
} from "./fields.ts";
import { piiEntities } from "./pii-entities.ts";

const actions: readonly PiiAction[] = ["redact", "mask", "pseudonymize", "block", "allow"];

/** Which texts a filter can be about. */
export const directions: readonly PolicyDirection[] = ["request", "response", "both"];

const entityMembers = {
  entity: words(piiEntities),
  action: words(actions),
  direction: words(directions),
};

/** What such a filter has, besides its type. */
export const piiDetectionMembers: MemberSchemas = {
  action: entityMembers.action,
  entities: listOf(anyOf(entityMembers.entity, mapOf(entityMembers, ["entity"]))),
  direction: entityMembers.direction,
  default_region: plainText(/^[A-Z]{2}$/),
};

type Usual = Pick<PiiRule, "action" | "direction">;

/** Reads a filter of the type `pii_detection`: entities by name, or each with an action and a direction of its own. */
export function readPiiDetection(
  members: ReadonlyMap<string, Field>,
  filter: Field,
  reading: Reading,
): ContentRule {
  const usual = readRule(members, { action: "redact", direction: "both" }, filter, reading);
  const entities = members.get("entities");
  if (!entities) {
    refuse(reading, filter, "names no entities. Add some, such as entities: [SSN, EMAIL]");
  }
  const items = entities ? itemsOf(entities, reading, "[SSN, CREDIT_CARD, EMAIL, PHONE]") : [];
  const rules = (items ?? []).flatMap((item) => readEntity(item, usual, reading) ?? []);
  const region = members.get("default_region");
  if (region && rules.length > 0 && !rules.some(({ entity }) => entity === "PHONE")) {
    refuse(reading, region, "is about phone numbers, and the filter's entities have no PHONE");
  }
  return { type: "pii_detection", rules, defaultRegion: readRegion(region, reading) };
}

function readEntity(field: Field, usual: Usual, reading: Reading): PiiRule | undefined {
  if (!isMap(field.node)) {
    const entity = wordOf(field, reading, piiEntities);
    return entity === undefined ? undefined : { entity, ...usual };
  }
  const members = membersOf(field, reading, {
    what: "an entity",
    members: entityMembers,
    example: "{entity: EMAIL, action: mask}",
  });
  const name = members?.get("entity");
  if (!members) return undefined;
  if (!name) return refuse(reading, field, "needs entity beside it: the name of what is found");
  const entity = wordOf(name, reading, piiEntities);
  return entity === undefined ? undefined : { entity, ...readRule(members, usual, field, reading) };
}

/** An answer's own values have no one who could turn them back, so there a token would only be noise. */
function readRule(
  members: ReadonlyMap<string, Field>,
  usual: Usual,
  field: Field,
  reading: Reading,
): Usual {
  const asked = { action: members.get("action"), direction: members.get("direction") };
  const action = (asked.action && wordOf(asked.action, reading, actions)) ?? usual.action;
  const direction =
    (asked.direction && wordOf(asked.direction, reading, directions)) ?? usual.direction;
  if (action === "pseudonymize" && direction === "response") {
    refuse(
      reading,
      asked.action ?? asked.direction ?? field,
      "pseudonymize does nothing to answers alone, because callers get them with the values put back. Use redact or mask, or another direction.",
    );
  }
  return { action, direction };
}

const countries: ReadonlySet<string> = new Set(getCountries());

/** By the letters of a country that there is not, no number would be found. */
function readRegion(field: Field | undefined, reading: Reading): string {
  if (!field) return "US";
  const region = sourceOf(field) ?? "";
  if (!countries.has(region)) {
    refuse(reading, field, "must be a country of ISO 3166-1 in two capital letters, such as US");
  }
  return region;
}
