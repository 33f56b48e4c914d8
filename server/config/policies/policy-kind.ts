import type { Policy, PolicyOverride } from "../../core/policy.ts";
import type { MemberSchemas } from "../schema/json-schema.ts";
import type { Field, Reading } from "./fields.ts";

/** What every policy has. */
export type CommonMembers = Pick<Policy, "name" | "appliesTo" | "where">;

/** How one type of policy is read. */
export interface PolicyKind<P extends Policy> {
  /** Besides those that every policy has. */
  readonly members: MemberSchemas;
  readonly required: readonly string[];
  /** Those that an override may change. */
  readonly overrideMembers: readonly string[];
  readonly hints?: Readonly<Record<string, string>>;
  read(
    members: ReadonlyMap<string, Field>,
    policy: Field,
    reading: Reading,
    common: CommonMembers,
  ): P;
  readChanges(
    members: ReadonlyMap<string, Field>,
    reading: Reading,
    policy: P,
  ): PolicyOverride<P>["changes"];
  /** By what its limits may differ without two limits for one count; undefined: it counts nothing. */
  countedBy?(policy: P): readonly ("keys" | "tenants" | "models")[];
}
