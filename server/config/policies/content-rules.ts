import type { ContentRule, PolicyDirection } from "../../core/policy.ts";
import {
  type Field,
  membersOf,
  type Reading,
  refuse,
  sourceOf,
  wholeNumberOf,
  wordOf,
} from "./fields.ts";
import { directions, readPiiDetection } from "./pii-detection.ts";
import { readWordLists } from "./word-lists.ts";
import { readPatterns } from "./word-patterns.ts";

type FilterType = ContentRule["type"];
type Members = ReadonlyMap<string, Field>;
type Read = (members: Members, filter: Field, reading: Reading) => ContentRule | undefined;

/** What each type of filter holds besides `type` and `action`, and how it is read. */
const filters: Readonly<Record<FilterType, { members: readonly string[]; read: Read }>> = {
  pii_detection: {
    members: ["entities", "direction", "default_region"],
    read: readPiiDetection,
  },
  blocked_words: {
    members: ["words", "direction"],
    read: (members, filter, reading) => {
      const field = needed("words", members, filter, reading);
      const words = field && readWordLists(field, "blocked_words", reading);
      return words && { type: "blocked_words", direction: way(members, "both", reading), words };
    },
  },
  denied_topics: {
    members: ["topics", "direction"],
    read: (members, filter, reading) => {
      const field = needed("topics", members, filter, reading);
      const words = field && readWordLists(field, undefined, reading);
      return words && { type: "denied_topics", direction: way(members, "both", reading), words };
    },
  },
  blocked_patterns: {
    members: ["patterns", "direction"],
    read: (members, filter, reading) => {
      const field = needed("patterns", members, filter, reading);
      const patterns = field && readPatterns(field, reading);
      const direction = way(members, "both", reading);
      return patterns && { type: "blocked_patterns", direction, patterns };
    },
  },
  prompt_injection: { members: ["direction"], read: listOf("prompt_injection") },
  sql_injection: { members: ["direction"], read: listOf("sql_injection") },
  max_prompt_size: {
    members: ["max_bytes"],
    read: (members, filter, reading) => {
      const field = needed("max_bytes", members, filter, reading);
      const maxBytes = field && wholeNumberOf(field, reading, 1, 64 * 1024 * 1024);
      return maxBytes === undefined ? undefined : { type: "max_prompt_size", maxBytes };
    },
  },
};

const types = Object.keys(filters) as FilterType[];
const example = "{type: pii_detection, action: redact, entities: [SSN, EMAIL]}";

/** Reads one filter of a content filter; undefined, and a problem, when it cannot be one. */
export function readContentRule(field: Field, reading: Reading): ContentRule | undefined {
  const every = types.flatMap((type) => filters[type].members);
  const members = membersOf(field, reading, {
    what: "a filter",
    members: ["type", "action", ...new Set(every)],
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

/** A member of another filter would do nothing here. Only personal data can be anything else than blocked. */
function refuseForeign(type: FilterType, members: Members, reading: Reading): void {
  const own = filters[type].members;
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
