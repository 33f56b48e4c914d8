import type { Archive } from "../../server/audit/archive/archive.ts";

/** An archive in memory: a name is taken once. `failAfter` lets so many more puts succeed. */
export interface MemoryArchive extends Archive {
  readonly objects: Map<string, { readonly bytes: Buffer; readonly keepUntilEpochMs: number }>;
  /** All puts, those of taken names too. */
  puts: number;
  failAfter: number;
}

export function createMemoryArchive(): MemoryArchive {
  const archive: MemoryArchive = {
    objects: new Map(),
    puts: 0,
    failAfter: Number.POSITIVE_INFINITY,
    async put(name, bytes, keepUntilEpochMs) {
      if (archive.failAfter === 0) throw new Error("the archive is away");
      archive.failAfter -= 1;
      archive.puts += 1;
      if (!archive.objects.has(name)) archive.objects.set(name, { bytes, keepUntilEpochMs });
    },
    addressOf: (name) => `archive://${name}`,
  };
  return archive;
}
