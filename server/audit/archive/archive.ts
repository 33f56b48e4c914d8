/** Where copies are kept that nobody can change, the owner of the store included. */
export interface Archive {
  /**
   * Keeps bytes under a name until then at least, and gives their address. Does nothing more where the name is taken: the same
   * copy may be sent again. Rejects in bounded time, with what to do in its message where that is known.
   */
  put(name: string, bytes: Buffer, keepUntilEpochMs: number): Promise<void>;
  /** As an operator would look for it, for example `s3://bucket/prefix/segments/…`. */
  addressOf(name: string): string;
}
