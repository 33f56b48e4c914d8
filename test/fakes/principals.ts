import type { Principal } from "../../server/core/call.ts";
import type { KeyGrants } from "../../server/core/key-grants.ts";

/** The holder of a licence key that may do what is said, and all else. */
export function principalWith(grants: Partial<KeyGrants>): Principal {
  const nothing = { providers: [], regions: [], models: [], policies: [], budgets: [] };
  return { name: "test", grants: { ...nothing, ...grants } };
}
