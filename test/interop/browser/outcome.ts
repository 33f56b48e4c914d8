/** What the page posts: what it read, or how the call failed. */
export interface PageOutcome {
  readonly content?: string;
  readonly pieces?: readonly string[];
  readonly failed?: {
    readonly code: string;
    readonly reason?: string | undefined;
    readonly requestId?: string | undefined;
    readonly violations?: readonly { readonly field: string }[];
  };
}
