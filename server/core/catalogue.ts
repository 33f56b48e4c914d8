import type { Model } from "../../gen/axonflow/gateway/v1/model_pb.ts";

/** The models that this gateway knows, in the order in which they are listed. */
export interface Catalogue {
  readonly models: readonly Model[];
  /** Finds a model by id, name, alias, profile id or ARN; undefined when there is none. */
  find(name: string): Model | undefined;
  /** Up to three known names that look like this one, nearest first. */
  nearNames(name: string): readonly string[];
}
