import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { it } from "node:test";

it("the SDK's browser entry reaches no module of Node", async () => {
  const reached: string[] = [];
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      reached.push(resolved.url);
      return resolved;
    },
  });
  await import("../../../client/sdk/browser.ts");
  hooks.deregister();
  assert.ok(reached.some((url) => url.includes("/connect-web/")));
  assert.deepEqual(
    reached.filter((url) => url.startsWith("node:") || url.includes("connect-node")),
    [],
  );
});
