import { createHash } from "node:crypto";
import { canonicalForm } from "./canonical-form.ts";
import { type Configuration, settingsTable } from "./settings.ts";
import { shownValue } from "./shown-value.ts";

/** Changes when what is hashed, or its form, does: hashes of two forms are not to be compared. */
const form = "axonflow configuration 1";

/**
 * SHA-256 in hex of everything that is in force: settings (defaults too), policies, grants, models and routes. Of a secret
 * it holds only what may be shown (the names of licence keys, a database's host), so that nobody can try secrets against
 * it; a new value of a secret leaves it as it is. Neither the order of names nor the place in the file changes it.
 */
export function configurationHash(configuration: Configuration): string {
  const { modelOverrides, modelRoutes, policies, keyGrants } = configuration;
  const text = canonicalForm({
    form,
    settings: effectiveSettings(configuration),
    models: modelOverrides.models,
    aliases: modelOverrides.aliases,
    routes: orderedRoutes(modelRoutes),
    policies,
    keys: keyGrants,
  });
  return createHash("sha256").update(text).digest("hex");
}

/** By environment variable. */
function effectiveSettings(configuration: Configuration): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settingsTable).map(([name, setting]) => {
      const value = configuration[name as keyof Configuration];
      const isHidden = setting.isSecret && typeof value === "string";
      return [setting.env, isHidden ? shownValue(setting, value) : value];
    }),
  );
}

/** The providers of a route are asked in the order in which they stand there, so here their order counts. */
function orderedRoutes(routes: Configuration["modelRoutes"]): ReadonlyMap<string, unknown> {
  return new Map([...routes].map(([name, { models }]) => [name, [...models]]));
}
