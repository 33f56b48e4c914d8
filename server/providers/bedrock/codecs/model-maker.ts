/** A model's maker and the rest of its id: `deepseek` and `r1-v1:0`. */
export interface MadeModel {
  readonly maker: string;
  readonly name: string;
}

/** Geographic prefixes of inference profiles (AWS: Supported Regions and models for inference profiles). */
const geographies = new Set("us us-gov eu apac ap jp au ca in sa me af il global".split(" "));

/**
 * Who made a model, by its id, its profile's id or an ARN of either; undefined where none is named, as in the ARN of an
 * application profile.
 */
export function madeModelOf(model: string): MadeModel | undefined {
  const id = model.startsWith("arn:")
    ? /:(?:foundation-model|inference-profile)\/(.+)$/.exec(model)?.[1]
    : model;
  const [first = "", ...rest] = (id ?? "").split(".");
  const [maker = "", ...name] = geographies.has(first) ? rest : [first, ...rest];
  return maker && name.length > 0 ? { maker, name: name.join(".") } : undefined;
}
