import { configurationHash } from "./configuration-hash.ts";
import { type DescribedSetting, describeSettings } from "./describe-settings.ts";
import type { LoadedSettings } from "./load.ts";
import type { Configuration } from "./settings.ts";

/** Which settings are shown, and of which file. */
export interface SheetOptions {
  readonly file: string | undefined;
  /** Leaves the defaults out. */
  readonly onlyChanged: boolean;
}

/** A configuration as a page for people. */
export function configSheet(loaded: LoadedSettings, { file, onlyChanged }: SheetOptions): string {
  const settings = describeSettings(loaded.found).filter((each) => isWanted(each, onlyChanged));
  const rows = settings.map((each) => [each.yaml, each.value || "(not set)", originText(each)]);
  const parts = [
    columns([
      ["file", file ?? "(none)"],
      ["hash", configurationHash(loaded.settings)],
    ]),
    columns([["SETTING", "VALUE", "FROM"], ...rows]),
    ...sectionSheets(loaded.settings),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The same for programs: one JSON object. */
export function configJson(loaded: LoadedSettings, { file, onlyChanged }: SheetOptions): string {
  const { settings, found } = loaded;
  const shown = {
    file: file ?? null,
    hash: configurationHash(settings),
    settings: describeSettings(found)
      .filter((each) => isWanted(each, onlyChanged))
      .map(({ summary: _, ...each }) => ({ ...each, value: each.value ?? null })),
    ...Object.fromEntries(sectionsOf(settings).map(({ section, rows }) => [section, rows])),
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
}

function isWanted({ origin }: DescribedSetting, onlyChanged: boolean): boolean {
  return !onlyChanged || origin.kind !== "default";
}

function originText({ origin, overruled }: DescribedSetting): string {
  const others = overruled.map(({ where }) => where).join(", ");
  return others === "" ? origin.where : `${origin.where} (not ${others})`;
}

interface Section {
  readonly section: string;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** What only the file says: names and lines. */
function sectionsOf(configuration: Configuration): readonly Section[] {
  const { policies, keyGrants, modelOverrides, modelRoutes } = configuration;
  const line = (where: string) => where.replace(/: .*$/, "");
  return [
    {
      section: "policies",
      rows: policies.map(({ policy: { name, type, where } }) => ({ name, type, where })),
    },
    {
      section: "keys",
      rows: [...keyGrants].map(([name, { where }]) => ({ name, where: line(where) })),
    },
    { section: "models", rows: [...modelOverrides.models.keys()].map((name) => ({ name })) },
    {
      section: "aliases",
      rows: [...modelOverrides.aliases].map(([name, model]) => ({ name, model })),
    },
    {
      section: "routes",
      rows: [...modelRoutes].map(([name, { models }]) => ({
        name,
        models: [...models].map(([provider, { model }]) => `${provider}=${model}`).join(", "),
      })),
    },
  ];
}

function sectionSheets(configuration: Configuration): readonly string[] {
  return sectionsOf(configuration)
    .filter(({ rows }) => rows.length > 0)
    .map(({ section, rows }) => {
      return columns([[section.toUpperCase()], ...rows.map((row) => Object.values(row))]);
    });
}

/** Columns as wide as their widest cell; the last one is as long as it is. */
function columns(rows: readonly (readonly string[])[]): string {
  const width = (index: number) => Math.max(...rows.map((row) => (row[index] ?? "").length));
  const widths = rows.reduce((most, { length }) => Math.max(most, length), 0);
  const all = Array.from({ length: widths }, (_, index) => width(index));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(all[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
