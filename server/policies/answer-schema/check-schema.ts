import { dereference, type Schema, type SchemaDraft, Validator } from "@cfworker/json-schema";
import type { SchemaJob, SchemaOutcome } from "./schema-job.ts";
import { schemaOfSchemas } from "./schema-of-schemas.ts";

const metaValidator = new Validator(schemaOfSchemas, "2020-12");

/** Answers one job. May take for ever on a hostile pattern, which is why it runs where it can be stopped. */
export function checkSchema({ schema, text }: SchemaJob): SchemaOutcome {
  const shape = metaValidator.validate(schema);
  if (!shape.valid) return unusable(shape.errors.at(-1)?.instanceLocation ?? "#");
  if (!everyReferenceLeadsSomewhere(schema)) return unusable("a $ref that leads nowhere");
  return text === undefined ? { kind: "fits" } : fit(new Validator(schema, draftOf(schema)), text);
}

/** The validator itself would only notice when an answer takes it there. */
function everyReferenceLeadsSomewhere(schema: Schema): boolean {
  const known = dereference(schema);
  return Object.values(known).every((part) => {
    const target = typeof part === "object" ? part.__absolute_ref__ : undefined;
    return target === undefined || Object.hasOwn(known, target);
  });
}

function fit(validator: Validator, text: string): SchemaOutcome {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return { kind: "mismatch" };
  }
  return { kind: validator.validate(answer).valid ? "fits" : "mismatch" };
}

function unusable(where: string): SchemaOutcome {
  return { kind: "unusable", where: where.slice(0, 200) };
}

/** By `$schema`; without one, the newest, which is what models are taught. */
function draftOf({ $schema = "" }: Schema): SchemaDraft {
  if ($schema.includes("draft-04")) return "4";
  if ($schema.includes("draft-07") || $schema.includes("draft-06")) return "7";
  return $schema.includes("2019-09") ? "2019-09" : "2020-12";
}
