import { amazonModels, titanTextExpress } from "./amazon.ts";
import { guideClaudes, otherClaudes } from "./anthropic.ts";
import { claudesBefore45 } from "./anthropic-before-4-5.ts";
import { guideLlamas, otherLlamas } from "./meta.ts";
import { guideMistrals, otherMistrals } from "./mistral.ts";
import type { ModelEntry } from "./model-entry.ts";
import { openAiModels } from "./openai.ts";
import { otherMakers } from "./other-makers.ts";

/** Every model of the catalogue: the setup guide's in its order, then by maker, then OpenAI's own. */
export const modelEntries: readonly ModelEntry[] = [
  ...guideClaudes,
  ...guideLlamas,
  titanTextExpress,
  ...guideMistrals,
  ...otherClaudes,
  ...claudesBefore45,
  ...amazonModels,
  ...otherLlamas,
  ...otherMistrals,
  ...otherMakers,
  ...openAiModels,
];
