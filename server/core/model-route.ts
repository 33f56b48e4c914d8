/** What one name means at each provider that may serve it, in the order in which they are asked. */
export interface ModelRoute {
  /** By provider: the model's name there, and where the configuration says so (`file:line`). */
  readonly models: ReadonlyMap<string, { readonly model: string; readonly where: string }>;
}

/** The operator's routes, by the name that callers ask for. */
export type ModelRoutes = ReadonlyMap<string, ModelRoute>;
