import type { WrappedKey } from "../../core/audit-store.ts";
import { hmacKeyOf } from "../chain/text-hmac.ts";
import type { KeyContext, MasterKey } from "./master-key.ts";

/** The data key of one tenant within one segment. */
export interface DataKey {
  /** From 1 within the segment. */
  readonly number: number;
  readonly tenant: string;
  readonly key: Buffer;
  readonly hmacKey: Buffer;
  readonly stored: WrappedKey;
}

/** The data keys of one segment. */
export interface SegmentKeys {
  readonly segment: number;
  readonly tenants: readonly string[];
  find(tenant: string): DataKey | undefined;
  /** Asks the master key for one where there is none yet; who asks at the same time gets the same. */
  obtain(tenant: string): Promise<DataKey>;
  /** Those that nobody has taken yet, to be written down. */
  takeNew(): readonly DataKey[];
}

export interface SegmentKeysOptions {
  readonly masterKey: MasterKey;
  readonly writer: string;
  readonly segment: number;
}

/** No context may be empty in KMS, and a key may belong to no tenant. */
const noTenant = "-";

/** What a segment's data key is bound to. */
export function keyContext(writer: string, segment: number, tenant: string): KeyContext {
  return { tenant: tenant || noTenant, segment: `${writer}/${segment}` };
}

/** Begins without any. */
export function createSegmentKeys({ masterKey, writer, segment }: SegmentKeysOptions): SegmentKeys {
  const known = new Map<string, DataKey>();
  const asked = new Map<string, Promise<DataKey>>();
  let fresh: DataKey[] = [];
  let count = 0;

  const generate = async (tenant: string): Promise<DataKey> => {
    try {
      const { key, wrapped } = await masterKey.generate(keyContext(writer, segment, tenant));
      count += 1;
      const number = count;
      const bytes = encodeWrapped({ tenant, masterKey: masterKey.id, wrapped });
      const stored = { writer, segment, number, bytes };
      const made = { number, tenant, key, hmacKey: hmacKeyOf(key), stored };
      known.set(tenant, made);
      fresh.push(made);
      return made;
    } finally {
      asked.delete(tenant);
    }
  };
  return {
    segment,
    get tenants() {
      return [...known.keys()];
    },
    find: (tenant) => known.get(tenant),
    obtain(tenant) {
      const found = known.get(tenant);
      if (found) return Promise.resolve(found);
      const asking = asked.get(tenant) ?? generate(tenant);
      asked.set(tenant, asking);
      return asking;
    },
    takeNew() {
      const taken = fresh;
      fresh = [];
      return taken;
    },
  };
}

/** A wrapped key as it is stored. */
export interface StoredKey {
  readonly tenant: string;
  /** The id of the master key that it was wrapped with. */
  readonly masterKey: string;
  readonly wrapped: Buffer;
}

function encodeWrapped({ tenant, masterKey, wrapped }: StoredKey): Buffer {
  return Buffer.from(JSON.stringify({ tenant, masterKey, wrapped: wrapped.toString("base64") }));
}

/** Throws where the bytes are not what was stored. */
export function decodeWrapped(bytes: Buffer): StoredKey {
  const { tenant, masterKey, wrapped } = JSON.parse(bytes.toString());
  return {
    tenant: String(tenant),
    masterKey: String(masterKey),
    wrapped: Buffer.from(String(wrapped), "base64"),
  };
}
