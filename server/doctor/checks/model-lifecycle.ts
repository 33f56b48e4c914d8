import type { AwsClients } from "../aws/aws-clients.ts";
import type { Check } from "../check.ts";
import { conclude, type Problem } from "../findings.ts";
import { foundationIds, type ModelInUse } from "../model-in-use.ts";
import { bedrockPage, hipaa } from "../rules.ts";

/** What the check needs. */
export interface ModelLifecycleOptions {
  readonly aws: Pick<AwsClients, "bedrock">;
  readonly region: string;
  /** Those of the region. */
  readonly models: readonly ModelInUse[];
}

/** What is known of one model: AWS's listing, and where that is silent the catalogue. */
interface Standing {
  readonly lifecycle: ModelInUse["lifecycle"] | "missing";
  readonly endOfLife: string | undefined;
}

/** Whether AWS goes on serving every model: none has ended, none is about to. */
export function modelLifecycleCheck({ aws, region, models }: ModelLifecycleOptions): Check {
  return {
    id: "model-lifecycle",
    group: "Models",
    title: "No model is at the end of its life",
    subject: region,
    rules: [
      bedrockPage("model lifecycle", "model-lifecycle"),
      hipaa("164.308(a)(7)", "contingency plan"),
    ],
    async run(ask) {
      const bedrock = await aws.bedrock(region);
      const { modelSummaries = [] } = await ask("bedrock:ListFoundationModels", (options) =>
        bedrock.listFoundationModels({}, options),
      );
      const listed = new Map(
        modelSummaries.map(({ modelId = "", modelLifecycle: life }) => [
          modelId,
          {
            lifecycle: life?.status === "LEGACY" ? ("legacy" as const) : ("active" as const),
            endOfLife: dayOf(life && "endOfLifeTime" in life ? life.endOfLifeTime : undefined),
          },
        ]),
      );
      const known = new Map(models.map((model) => [model.foundationId, model]));
      const stand = foundationIds(models).map((id) => ({
        id,
        standing: listed.get(id) ?? { lifecycle: "missing" as const, endOfLife: undefined },
        model: known.get(id),
      }));
      return conclude(
        "AWS lists every model as active.",
        stand.flatMap(({ id, standing, model }) => problems(id, region, standing, model)),
        stand.map(({ id, standing }) => ({ name: id, value: wordsOf(standing) })),
      );
    },
  };
}

function problems(
  id: string,
  region: string,
  { lifecycle, endOfLife }: Standing,
  model: ModelInUse | undefined,
): readonly Problem[] {
  if (lifecycle === "active") return [];
  const replacement = model?.replacement;
  const remedy = replacement
    ? `Set LLM_BEDROCK_MODEL, or the route that names it, to ${replacement}.`
    : "Choose another model: axonflow models";
  if (lifecycle === "legacy") {
    const until = endOfLife ?? model?.endOfLife;
    const end = until ? `, and ends on ${until}` : "";
    return [{ verdict: "warn", reason: `${id} is legacy in ${region}${end}.`, remedy }];
  }
  const ended = model?.endOfLife ? ` The catalogue has its end on ${model.endOfLife}.` : "";
  const reason = `AWS does not list ${id} in ${region}: it has ended, or is not sold there.${ended}`;
  return [{ verdict: "fail", reason, remedy }];
}

function wordsOf({ lifecycle, endOfLife }: Standing): string {
  return endOfLife ? `${lifecycle} until ${endOfLife}` : lifecycle;
}

function dayOf(time: unknown): string | undefined {
  if (time instanceof Date) return time.toISOString().slice(0, 10);
  return typeof time === "string" ? time.slice(0, 10) : undefined;
}
