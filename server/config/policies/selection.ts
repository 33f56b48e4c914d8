import { Scalar } from "yaml";
import type { Selection } from "../../core/policy.ts";
import { anyOf, type JsonSchema, listOf, mapOf, plainText } from "../schema/json-schema.ts";
import { type Field, itemsOf, membersOf, type Reading, sourceOf, textOf } from "./fields.ts";

const all: Selection = { keys: [], tenants: [], models: [] };

/** How names of one kind are written. */
interface NameForm {
  readonly form: RegExp;
  readonly expected: string;
  readonly example: string;
}

const keyForm: NameForm = {
  form: /^[A-Za-z0-9_.*-]{1,64}$/,
  expected: "a name; * stands for anything, as in team-*",
  example: "[billing, team-*]",
};

/** Names, ids, profiles and ARNs of models, with `*` for anything. */
export const modelForm: NameForm = {
  form: /^[\x21-\x7e]{1,2048}$/,
  expected: "a model's name, id or ARN; * stands for anything, as in claude-*",
  example: "[claude-*, fast]",
};

/** A list of names, or one text of them. */
export function namesLike({ form }: Pick<NameForm, "form">): JsonSchema {
  return anyOf(listOf(plainText(form)), plainText());
}

/** The lists by which calls are selected. */
export const selectionMembers: Readonly<Record<keyof Selection, JsonSchema>> = {
  keys: namesLike(keyForm),
  tenants: namesLike(keyForm),
  models: namesLike(modelForm),
};

/** Their names. */
export const selectionNames = Object.keys(selectionMembers) as readonly (keyof Selection)[];

/** What `applies_to` may be. */
export const appliesToSchema = mapOf(selectionMembers);

/** Reads `applies_to`. */
export function readAppliesTo(field: Field | undefined, reading: Reading): Selection {
  if (!field) return all;
  const members = membersOf(field, reading, {
    what: "applies_to",
    members: selectionMembers,
    example: "{tenants: [acme], models: [claude-*]}",
    hints: { assigned: "assigned: true stands beside applies_to." },
  });
  return members ? readSelection(members, reading) : all;
}

/** Reads keys, tenants and models wherever they stand. */
export function readSelection(members: ReadonlyMap<string, Field>, reading: Reading): Selection {
  return {
    keys: readNames(members.get("keys"), reading, keyForm),
    tenants: readNames(members.get("tenants"), reading, keyForm),
    models: readNames(members.get("models"), reading, modelForm),
  };
}

/** Reads a list of names or patterns; a single one, or some with commas between them, may stand there as a text. */
export function readNames(
  field: Field | undefined,
  reading: Reading,
  { form, expected, example }: NameForm,
): readonly string[] {
  if (!field) return [];
  return (wordsIn(field) ?? itemsOf(field, reading, example) ?? []).flatMap(
    (item) => textOf(item, reading, form, expected) ?? [],
  );
}

function wordsIn(field: Field): readonly Field[] | undefined {
  const words = sourceOf(field)?.split(",");
  return words?.map((word) => ({ ...field, node: new Scalar(word.trim()) }));
}
