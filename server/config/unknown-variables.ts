import { fileVariables } from "./choose-file.ts";
import { didYouMean } from "./did-you-mean.ts";
import { secretFileVariables } from "./secret-files.ts";
import { settingsTable } from "./settings.ts";

/** Variables that begin like the gateway's and are read by others: its clients, its tests and its benchmark. */
const ofOthers: ReadonlySet<string> = new Set([
  "AXONFLOW_LICENSE_KEY",
  "AXONFLOW_URL",
  "AXONFLOW_CA_FILE",
  "AXONFLOW_TEST_LENGTH",
]);

/** What Kubernetes gives every pod beside a service that is called axonflow or llm: enableServiceLinks. */
const serviceLink =
  /^(?:AXONFLOW|LLM)(?:_[A-Z0-9_]+)?_(?:SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/**
 * One sentence for each variable that begins with AXONFLOW_ or LLM_ and that nobody reads; values are never told. They
 * are a warning and no refusal, because the environment is shared, unlike the file: orchestrators put variables of their
 * own there, and an older version that is rolled back to must start beside a newer one's variables.
 */
export function unknownVariables(env: NodeJS.ProcessEnv): readonly string[] {
  const known: ReadonlySet<string> = new Set([
    ...Object.values(settingsTable).map((setting) => setting.env),
    ...Object.keys(fileVariables),
    ...secretFileVariables().values(),
    ...ofOthers,
  ]);
  return Object.keys(env)
    .filter((name) => /^(?:AXONFLOW|LLM)_/.test(name))
    .filter((name) => !known.has(name) && !serviceLink.test(name))
    .sort()
    .map((name) => {
      const shown = name.slice(0, 64);
      return `${shown} is no setting, so it does nothing.${didYouMean(shown, known)}`;
    });
}
