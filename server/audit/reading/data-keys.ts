import type { AuditStore } from "../../core/audit-store.ts";
import type { MasterKey } from "../keys/master-key.ts";
import { decodeWrapped, keyContext } from "../keys/segment-keys.ts";

/** A data key for reading, or why there is none. */
export type ReadingKey =
  | { readonly tenant: string; readonly key: Buffer }
  | { readonly tenant: string; readonly problem: string };

/** The data keys of segments, by their numbers. */
export interface DataKeys {
  of(writer: string, segment: number): Promise<ReadonlyMap<number, ReadingKey>>;
}

/** Segments whose keys are remembered; the oldest go first. */
const mostRemembered = 256;

/** How long keys are remembered. The running segment may get more of them. */
const rememberedMs = 60_000;

/** Asks the master key once for each key that is looked at. */
export function createDataKeys(
  store: Pick<AuditStore, "keys">,
  masterKey: MasterKey,
  now: () => number,
): DataKeys {
  const known = new Map<
    string,
    { readonly keys: ReturnType<typeof read>; readonly untilMs: number }
  >();

  const read = async (writer: string, segment: number) => {
    const stored = await store.keys(writer, segment);
    const opened = stored.map(
      async ({ number, bytes }) => [number, await open(writer, segment, bytes)] as const,
    );
    return new Map(await Promise.all(opened));
  };

  const open = async (writer: string, segment: number, bytes: Buffer): Promise<ReadingKey> => {
    let tenant = "";
    try {
      const { wrapped, ...stored } = decodeWrapped(bytes);
      tenant = stored.tenant;
      if (stored.masterKey !== masterKey.id) {
        return {
          tenant,
          problem: `It is encrypted with ${stored.masterKey}, and this gateway has ${masterKey.id}.`,
        };
      }
      return { tenant, key: await masterKey.unwrap(wrapped, keyContext(writer, segment, tenant)) };
    } catch (error) {
      return { tenant, problem: error instanceof Error ? error.message : String(error) };
    }
  };
  return {
    of(writer, segment) {
      const place = `${writer}/${segment}`;
      const found = known.get(place);
      if (found && now() < found.untilMs) return found.keys;
      const keys = read(writer, segment);
      known.delete(place);
      known.set(place, { keys, untilMs: now() + rememberedMs });
      keys.catch(() => known.delete(place));
      const oldest = known.keys().next().value;
      if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
      return keys;
    },
  };
}
