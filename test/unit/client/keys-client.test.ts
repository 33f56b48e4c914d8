import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, createRouterTransport, type ServiceImpl } from "@connectrpc/connect";
import {
  BudgetPeriod,
  createGatewayClient,
  GatewayCallError,
  type KeysClient,
} from "../../../client/sdk/node.ts";
import { AdminService } from "../../../gen/axonflow/gateway/v1/admin_pb.ts";

const licenseKey = "made-up-license-key";

/** The keys of a client before a gateway that answers so; a method left out is UNIMPLEMENTED. */
function keysOf(answers: Partial<ServiceImpl<typeof AdminService>>): KeysClient {
  const transport = createRouterTransport(({ service }) => service(AdminService, answers));
  return createGatewayClient({ url: "http://stand-in", licenseKey, transport }).keys;
}

async function namesOf(list: AsyncIterable<{ readonly name: string }>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of list) names.push(name);
  return names;
}

describe("licence keys in the SDK", () => {
  it("are made with what they are granted, as somebody", async () => {
    const keys = keysOf({
      createKey: ({ name, tenant, grants }, { requestHeader }) => ({
        key: { name, tenant, ...(grants && { grants }) },
        secret: `for ${requestHeader.get("authorization")}`,
      }),
    });
    const grants = { budgets: [{ period: BudgetPeriod.DAY, limitNanoUsd: 5n }] };
    const { key, secret } = await keys.create({ name: "billing", tenant: "acme", grants });
    assert(key);
    assert.deepEqual([key.name, key.tenant], ["billing", "acme"]);
    assert.equal(key.grants?.budgets[0]?.limitNanoUsd, 5n);
    assert.equal(secret, `for Bearer ${licenseKey}`);
  });

  it("are listed page after page", async () => {
    const asked: string[] = [];
    const keys = keysOf({
      listKeys({ includeRevoked, pageToken }) {
        asked.push(`${includeRevoked}:${pageToken}`);
        return pageToken
          ? { keys: [{ name: "b" }] }
          : { keys: [{ name: "a" }], nextPageToken: "id:a" };
      },
    });
    assert.deepEqual(await namesOf(keys.list()), ["a", "b"]);
    assert.deepEqual(await namesOf(keys.list({ includeRevoked: true })), ["a", "b"]);
    assert.deepEqual(asked, ["false:", "false:id:a", "true:", "true:id:a"]);
  });

  for (const [about, tokens] of [
    ["itself", ["1"]],
    ["one before it", ["1", "2", "3"]],
  ] as const) {
    it(`end with an error where a page leads to ${about}`, async () => {
      let asked = 0;
      const keys = keysOf({
        // It does end some time, so that a client that goes round fails here and does not hang.
        listKeys: () => ({
          nextPageToken: asked++ < 9 ? (tokens[asked % tokens.length] ?? "") : "",
        }),
      });
      await assert.rejects(namesOf(keys.list()), { code: Code.Internal, name: "GatewayCallError" });
      assert.equal(asked, tokens.length + 1);
    });
  }

  for (const [gracePeriodMs, sentMs] of [
    [undefined, undefined],
    [0, 0],
    [1, 1],
    [86_400_000, 86_400_000],
  ] as const) {
    it(`are rotated with a grace of ${gracePeriodMs} ms`, async () => {
      const sent: (number | undefined)[] = [];
      const keys = keysOf({
        rotateKey({ key, gracePeriod }) {
          sent.push(gracePeriod && durationMs(gracePeriod));
          return { key: { name: key } };
        },
      });
      assert.equal((await keys.rotate("billing", { gracePeriodMs })).key?.name, "billing");
      assert.deepEqual(sent, [sentMs]);
    });
  }

  for (const gracePeriodMs of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`are not rotated with a grace of ${gracePeriodMs} ms, and nothing is sent`, async () => {
      const keys = keysOf({ rotateKey: () => assert.fail("it was sent") });
      await assert.rejects(keys.rotate("billing", { gracePeriodMs }), RangeError);
    });
  }

  it("that are refused say why, and never with a secret", async () => {
    const keys = keysOf({});
    for (const call of [
      () => keys.create({ name: "billing" }),
      () => keys.revoke("billing"),
      () => keys.rotate("billing"),
      () => namesOf(keys.list()),
    ]) {
      await assert.rejects(call, (error) => {
        assert(error instanceof GatewayCallError);
        assert.equal(error.code, Code.Unimplemented);
        assert(!inspect(error, { depth: 9 }).includes(licenseKey));
        return true;
      });
    }
  });
});
