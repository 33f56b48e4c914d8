import { randomUUID } from "node:crypto";
import { create, toJson } from "@bufbuild/protobuf";
import {
  type CreateKeyRequest,
  type CreateKeyResponse,
  CreateKeyResponseSchema,
  KeyGrantsSchema,
  type ListKeysRequest,
  type ListKeysResponse,
  type RevokeKeyRequest,
  type RevokeKeyResponse,
  RevokeKeyResponseSchema,
  type RotateKeyRequest,
  type RotateKeyResponse,
  RotateKeyResponseSchema,
} from "../../../gen/axonflow/gateway/v1/key_pb.ts";
import type { Clock } from "../../core/clock.ts";
import { keyNameTaken, keyNotChangeable } from "../../core/key-errors.ts";
import type { KeyRecord, KeyStore } from "../../core/key-store.ts";
import type { LicenseKey } from "../../core/license-keys.ts";
import type { Operator, Operators } from "../operators.ts";
import { changeableKey, changeableKeys } from "./changeable-key.ts";
import { readGracePeriodMs } from "./grace-period.ts";
import { keyPage } from "./key-page.ts";
import type { KeyRing } from "./key-ring.ts";
import { type KeyRuleOptions, readNewKey } from "./key-rules.ts";
import { grantsView, holds, recordView } from "./license-key-view.ts";
import { refuseMoreKeys } from "./most-keys.ts";
import { type NewSecret, newSecret } from "./secret.ts";

/** What the doors answer for the licence keys of AdminService. */
export interface Keys {
  create(request: CreateKeyRequest, operator: Operator): Promise<CreateKeyResponse>;
  list(request: ListKeysRequest, operator: Operator): Promise<ListKeysResponse>;
  revoke(request: RevokeKeyRequest, operator: Operator): Promise<RevokeKeyResponse>;
  rotate(request: RotateKeyRequest, operator: Operator): Promise<RotateKeyResponse>;
}

export interface KeysOptions extends KeyRuleOptions {
  readonly operators: Operators;
  readonly store: KeyStore;
  /** Reads a change at once, so that this gateway acts on it before it answers. */
  readonly ring: Pick<KeyRing, "refresh">;
  /** Those of the configuration that holds now. */
  readonly configured: () => readonly LicenseKey[];
  /** Whether everybody is let in. */
  readonly isOpen: () => boolean;
  readonly clock: Clock;
}

/** Licence keys behind the doors. Every change is on record with the name of who made it, and never with a secret. */
export function createKeys(options: KeysOptions): Keys {
  const { operators, store, ring, configured, isOpen, clock } = options;
  const { admit, change } = operators;
  return {
    async create(request, operator) {
      admit(operator);
      refuseOpen(isOpen());
      const wanted = readNewKey(request, options);
      const isConfigured = configured().some(({ name }) => name === wanted.name);
      if (isConfigured) throw keyNameTaken(wanted.name);
      const nowMs = clock.epochMs();
      const held = (await store.list()).filter((record) => holds(record, nowMs));
      refuseMoreKeys(held.length);
      const made = newSecret();
      const record = recordOf(wanted, made, operator, nowMs);
      const { id, name, tenant, grants } = record;
      const created = {
        action: "keys.create",
        detail: { key: id, name, tenant, grants: toJson(KeyGrantsSchema, grantsView(grants)) },
        done: "a licence key was created",
      };
      await change(operator, created, () => store.create(record));
      await ring.refresh();
      return create(CreateKeyResponseSchema, {
        key: recordView(record, nowMs),
        secret: made.secret,
      });
    },
    async list(request, operator) {
      admit(operator);
      return keyPage(request, configured(), await store.list(), clock.epochMs());
    },
    async revoke({ key }, operator) {
      admit(operator);
      const nowMs = clock.epochMs();
      const meant = changeableKeys(key, { configured: configured(), records: await store.list() });
      const held = meant.filter((record) => holds(record, nowMs));
      const revoked: KeyRecord[] = [];
      for (const { id, name } of held.length > 0 ? held : meant.slice(0, 1)) {
        const detail = { key: id, name };
        const done = "a licence key was revoked";
        const revoke = () => store.revoke(id, nowMs);
        revoked.push(await change(operator, { action: "keys.revoke", detail, done }, revoke));
      }
      await ring.refresh();
      return create(RevokeKeyResponseSchema, {
        keys: revoked.map((record) => recordView(record, nowMs)),
      });
    },
    async rotate({ key, gracePeriod }, operator) {
      admit(operator);
      refuseOpen(isOpen());
      const graceMs = readGracePeriodMs(gracePeriod);
      const old = changeableKey(key, { configured: configured(), records: await store.list() });
      const nowMs = clock.epochMs();
      const made = newSecret();
      const record = recordOf(old, made, operator, nowMs);
      const rotated = {
        action: "keys.rotate",
        detail: { key: old.id, name: old.name, successor: record.id, graceMs },
        done: "a licence key was rotated",
      };
      const replaced = await change(operator, rotated, () =>
        store.rotate(old.id, record, nowMs + graceMs),
      );
      await ring.refresh();
      return create(RotateKeyResponseSchema, {
        key: recordView(record, nowMs),
        secret: made.secret,
        replaced: recordView(replaced, nowMs),
      });
    },
  };
}

/** A key that nobody needs would look like a fence. */
function refuseOpen(isOpen: boolean): void {
  if (!isOpen) return;
  throw keyNotChangeable(
    "This gateway asks for no licence keys.",
    "Start it with AXONFLOW_LICENSE_KEYS and AXONFLOW_ADMIN_KEYS first.",
  );
}

function recordOf(
  { name, tenant, grants }: Pick<KeyRecord, "name" | "tenant" | "grants">,
  { sha256, prefix }: NewSecret,
  { principal }: Operator,
  nowMs: number,
): KeyRecord {
  return {
    id: randomUUID(),
    name,
    tenant,
    grants,
    sha256,
    prefix,
    createdEpochMs: nowMs,
    createdBy: principal.name,
  };
}
