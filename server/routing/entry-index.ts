import type { ModelEntry } from "./models/model-entry.ts";

/** Finds entries by everything that they are called. */
export interface EntryIndex {
  /** Entries of a name; those whose own id or name it is come before those that have it as an alias. */
  named(name: string): readonly ModelEntry[];
  /** Every name there is. */
  readonly names: readonly string[];
}

/** Built anew whenever the entries change. */
export function createEntryIndex(entries: readonly ModelEntry[]): EntryIndex {
  const index = new Map<string, ModelEntry[]>();
  const add = (name: string, entry: ModelEntry) => {
    const found = index.get(name) ?? [];
    if (!found.includes(entry)) found.push(entry);
    index.set(name, found);
  };
  for (const entry of entries) {
    add(entry.id, entry);
    add(entry.name, entry);
  }
  for (const entry of entries) for (const alias of entry.aliases ?? []) add(alias, entry);
  return { named: (name) => index.get(name) ?? [], names: [...index.keys()] };
}
