import type { MessageInitShape } from "@bufbuild/protobuf";
import { InvalidArgumentError } from "commander";
import {
  UsageDimension,
  type UsageGroupingSchema,
} from "../../gen/axonflow/gateway/v1/usage_pb.ts";

/** What rows are made for, with the heading of its column. */
export interface Grouping {
  readonly heading: string;
  readonly grouping: MessageInitShape<typeof UsageGroupingSchema>;
}

const dimensions: Readonly<Record<string, UsageDimension>> = {
  key: UsageDimension.KEY,
  tenant: UsageDimension.TENANT,
  provider: UsageDimension.PROVIDER,
  region: UsageDimension.REGION,
  model: UsageDimension.MODEL,
  kind: UsageDimension.KIND,
  hour: UsageDimension.HOUR,
  day: UsageDimension.DAY,
};

/** Reads `model`, `day` or `tag:team`, several with commas between them. */
export function readGroupings(text: string): readonly Grouping[] {
  return text.split(",").map((name) => {
    const tag = /^tag:(?<tag>.+)$/.exec(name)?.groups?.tag;
    if (tag) return { heading: tag.toUpperCase(), grouping: { by: { case: "tag", value: tag } } };
    const value = Object.hasOwn(dimensions, name) ? dimensions[name] : undefined;
    if (value === undefined) {
      const names = Object.keys(dimensions).join(", ");
      throw new InvalidArgumentError(`There is no ${name}. Take some of ${names}, tag:<name>.`);
    }
    return { heading: name.toUpperCase(), grouping: { by: { case: "dimension", value } } };
  });
}

const unitsMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** Reads a moment: `24h` ago, or a date or time such as `2026-11-23` or `2026-11-23T14:00Z`. */
export function readMoment(nowMs: number): (text: string) => number {
  return (text) => {
    const { count, unit = "" } = /^(?<count>\d{1,6})(?<unit>[mhdw])$/.exec(text)?.groups ?? {};
    if (count !== undefined) return nowMs - Number(count) * (unitsMs[unit] ?? 0);
    const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(moment)) return moment;
    throw new InvalidArgumentError("It must be an age such as 24h or 7d, or a date.");
  };
}

/** Collects `name=value`. */
export function readTag(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const { name, value } = /^(?<name>[^=]+)=(?<value>.*)$/s.exec(text)?.groups ?? {};
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError("It must be a tag and its value, such as team=search.");
  }
  return { ...before, [name]: value };
}
