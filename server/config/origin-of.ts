import type { FoundValue } from "./sources.ts";

/** Where a value comes from: `--host`, `AXONFLOW_HOST`, `gateway.yaml:3` or `default`. */
export interface Origin {
  readonly kind: FoundValue["kind"] | "default";
  readonly where: string;
}

/** A file's line without the name that stands there. */
export function originOf({ kind, where }: FoundValue): Origin {
  return { kind, where: kind === "file" ? where.replace(/: [^:]*$/, "") : where };
}
