/** A model as calls to it go out in one region. */
export interface ModelInUse {
  /** As the configuration names it. */
  readonly name: string;
  readonly region: string;
  /** What calls name it: an id, a profile's id, or an ARN. */
  readonly calledId: string;
  /** Without a geography; undefined where an ARN hides the model. */
  readonly foundationId: string | undefined;
  /** The inference profile's id, where it is called by one. */
  readonly profileId: string | undefined;
  /** The regions that may serve it; undefined: any region, or nobody knows which. */
  readonly servedIn: readonly string[] | undefined;
  /** What the gateway's own catalogue knows. */
  readonly lifecycle: "active" | "legacy" | "ended" | "unknown";
  /** `YYYY-MM-DD`. */
  readonly endOfLife: string | undefined;
  /** The id to move to. */
  readonly replacement: string | undefined;
}

/** Each model once, by the id that a listing knows it by. */
export function foundationIds(models: readonly ModelInUse[]): readonly string[] {
  return [...new Set(models.flatMap(({ foundationId }) => foundationId ?? []))];
}
