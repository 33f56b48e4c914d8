import { ServiceTier } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { amazonModels, titanTextExpress } from "./amazon.ts";
import { guideClaudes, otherClaudes } from "./anthropic.ts";
import { claudesBefore45 } from "./anthropic-before-4-5.ts";
import { guideLlamas, otherLlamas } from "./meta.ts";
import { guideMistrals, otherMistrals } from "./mistral.ts";
import type { ModelEntry } from "./model-entry.ts";
import { openAiModels } from "./openai.ts";
import { otherMakers } from "./other-makers.ts";

/**
 * Half the price when a call may wait, 1.75 times when it may not: UNVERIFIED, AWS and OpenAI publish factors by model. They
 * count only where the provider says that such a tier has served, so a model that has none may have them.
 */
const tierFactors = { [ServiceTier.FLEX]: "0.5", [ServiceTier.PRIORITY]: "1.75" };

const entries: readonly ModelEntry[] = [
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

/** Every model of the catalogue: the setup guide's in its order, then by maker, then OpenAI's own. */
export const modelEntries: readonly ModelEntry[] = entries.map((entry) => ({
  tierFactors,
  ...entry,
}));
