import type { ContentRule, PolicyDirection } from "../../core/policy.ts";
import {
  byType,
  type JsonSchema,
  type MemberSchemas,
  mapOf,
  wholeNumberWithin,
  words,
} from "../schema/json-schema.ts";
import {
  type Field,
  membersOf,
  type Reading,
  refuse,
  sourceOf,
  wholeNumberOf,
  wordOf,
} from "./fields.ts";
import { directions, piiDetectionMembers, readPiiDetection } from "./pii-detection.ts";
import { readWordLists, topicsSchema, wordsSchema } from "./word-lists.ts";
import { patternsSchema, readPatterns } from "./word-patterns.ts";

type FilterType = ContentRule["type"];
type Members = ReadonlyMap<string, Field>;
type Read = (members: Members, filter: Field, reading: Reading) => ContentRule | undefined;

interface FilterKind {
  readonly members: MemberSchemas;
  readonly required?: readonly string[];
  readonly read: Read;
}

const direction = words(directions);
/** Only personal data can be anything else than blocked. */
const action = words(["block"]);
const sizeRange = [1, 64 * 1024 * 1024] as const;

/** What each type of filter holds besides its `type`, and how it is read. */
const filters: Readonly<Record<FilterType, FilterKind>> = {
  pii_detection: {
    members: piiDetectionMembers,
    required: ["entities"],
    read: readPiiDetection,
  },
  blocked_words: {
    members: { words: wordsSchema, direction, action },
    required: ["words"],
    read: (members, filter, reading) => {
      const field = needed("words", members, filter, reading);
      const words = field && readWordLists(field, "blocked_words", reading);
      return words && { type: "blocked_words", direction: way(members, "both", reading), words };
    },
  },
  denied_topics: {
    members: { topics: topicsSchema, direction, action },
    required: ["topics"],
    read: (members, filter, reading) => {
      const field = needed("topics", members, filter, reading);
      const words = field && readWordLists(field, undefined, reading);
      return words && { type: "denied_topics", direction: way(members, "both", reading), words };
    },
  },
  blocked_patterns: {
    members: { patterns: patternsSchema, direction, action },
    required: ["patterns"],
    read: (members, filter, reading) => {
      const field = needed("patterns", members, filter, reading);
      const patterns = field && readPatterns(field, reading);
      const direction = way(members, "both", reading);
      return patterns && { type: "blocked_patterns", direction, patterns };
    },
  },
  prompt_injection: { members: { direction, action }, read: listOf("prompt_injection") },
  sql_injection: { members: { direction, action }, read: listOf("sql_injection") },
  max_prompt_size: {
    members: { max_bytes: wholeNumberWithin(...sizeRange), action },
    required: ["max_bytes"],
    read: (members, filter, reading) => {
      const field = needed("max_bytes", members, filter, reading);
      const maxBytes = field && wholeNumberOf(field, reading, ...sizeRange);
      return maxBytes === undefined ? undefined : { type: "max_prompt_size", maxBytes };
    },
  },
};

const types = Object.keys(filters) as FilterType[];
const example = "{type: pii_detection, action: redact, entities: [SSN, EMAIL]}";

const everyMember: MemberSchemas = Object.assign(
  { type: words(types), action },
  ...types.map((type) => filters[type].members),
);

/** What a filter may be, by its type. */
export const contentRuleSchema: JsonSchema = byType(
  new Map(
    types.map((type) => {
      const { members, required = [] } = filters[type];
      return [type, mapOf({ type: words([type]), ...members }, ["type", ...required])];
    }),
  ),
);

/** Reads one filter of a content filter; undefined, and a problem, when it cannot be one. */
export function readContentRule(field: Field, reading: Reading): ContentRule | undefined {
  const members = membersOf(field, reading, {
    what: "a filter",
    members: everyMember,
    example,
  });
  if (!members) return undefined;
  const kind = members.get("type");
  if (!kind) return refuse(reading, field, `needs a type beside it: one of ${types.join(", ")}`);
  const type = wordOf(kind, reading, types);
  if (type === undefined) return undefined;
  refuseForeign(type, members, reading);
  return filters[type].read(members, field, reading);
}

/** A member of another filter would do nothing here. */
function refuseForeign(type: FilterType, members: Members, reading: Reading): void {
  const own = Object.keys(filters[type].members).filter((name) => name !== "action");
  for (const [name, member] of members) {
    if (name === "type" || own.includes(name)) continue;
    if (name !== "action") {
      const has = own.length > 0 ? `It has: ${own.join(", ")}` : "It needs nothing but its type";
      refuse(reading, member, `a filter of the type ${type} has no ${name}. ${has}`);
    } else if (type !== "pii_detection" && sourceOf(member) !== "block") {
      refuse(reading, member, `a filter of the type ${type} can only block. Leave the action out`);
    }
  }
}

function needed(
  name: string,
  members: Members,
  filter: Field,
  reading: Reading,
): Field | undefined {
  return members.get(name) ?? refuse(reading, filter, `has no ${name}, so it would do nothing`);
}

function way(members: Members, usual: PolicyDirection, reading: Reading): PolicyDirection {
  const field = members.get("direction");
  return (field && wordOf(field, reading, directions)) ?? usual;
}

/** Answers may well hold SQL, or speak of prompts: only on wish are they looked at. */
function listOf(type: "prompt_injection" | "sql_injection"): Read {
  return (members, _, reading) => ({ type, direction: way(members, "request", reading) });
}
