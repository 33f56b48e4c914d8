import { type Origin, originOf } from "./origin-of.ts";
import type { Setting } from "./setting.ts";
import { settingsTable } from "./settings.ts";
import { shownValue } from "./shown-value.ts";
import type { FoundSettings } from "./sources.ts";

/** A setting as it is in force, without what nobody may see. */
export interface DescribedSetting {
  readonly yaml: string;
  readonly env: string;
  readonly summary: string;
  /** As it would be written; undefined when nothing says it and it has no default. */
  readonly value: string | undefined;
  readonly isSecret: boolean;
  readonly isReloadable: boolean;
  readonly origin: Origin;
  /** Where it stands too, and does not hold. */
  readonly overruled: readonly Origin[];
}

/** Every setting, in the order of the table. */
export function describeSettings(found: FoundSettings): readonly DescribedSetting[] {
  const table: readonly Setting<unknown>[] = Object.values(settingsTable);
  return table.map((setting) => {
    const { yaml, env, summary, fallback, isSecret = false, isReloadable = false } = setting;
    const [first, ...others] = found.get(env) ?? [];
    const text = first?.value ?? fallback;
    return {
      yaml,
      env,
      summary,
      value: text === undefined ? undefined : shownValue(setting, text),
      isSecret,
      isReloadable,
      origin: first ? originOf(first) : { kind: "default", where: "default" },
      overruled: others.map(originOf),
    };
  });
}
