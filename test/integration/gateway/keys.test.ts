import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Client, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { createGatewayClient, isGatewayCallError } from "../../../client/sdk/node.ts";
import { AdminService } from "../../../gen/axonflow/gateway/v1/admin_pb.ts";
import { KeyState, type LicenseKey } from "../../../gen/axonflow/gateway/v1/key_pb.ts";
import { BudgetPeriod } from "../../../gen/axonflow/gateway/v1/usage_pb.ts";
import { ErrorInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import { until } from "../storage/ledger-words.ts";
import { type PostgresServer, startPostgresServer } from "../storage/postgres-server.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

const adminKey = "admin-license-key-1";
const env = {
  AXONFLOW_LICENSE_KEYS: `ops=${adminKey},plain=plain-license-key-1`,
  AXONFLOW_ADMIN_KEYS: "ops",
};
const yaml = `
policies:
  - name: no-mail
    type: content_filter
    assigned: true
    filters: [{type: pii_detection, action: block, entities: [EMAIL]}]
keys:
  plain: {tenant: acme, allowed_models: [claude-*]}
`;

type Admin = Client<typeof AdminService>;

function adminOf(gateway: TestGateway, licenseKey = adminKey): Admin {
  const interceptors = [bearer(licenseKey)];
  return createClient(
    AdminService,
    createGrpcTransport({ baseUrl: gateway.grpcUrl, interceptors }),
  );
}

function bearer(licenseKey: string): Interceptor {
  return (next) => (request) => {
    request.header.set("authorization", `Bearer ${licenseKey}`);
    return next(request);
  };
}

/** Asks something with a key: the answer's text, or the reason of its refusal. */
async function ask(
  gateway: TestGateway,
  licenseKey: string,
  prompt = "What is the capital of France?",
  model = "claude-3-5-sonnet",
): Promise<string> {
  const client = createGatewayClient({ url: gateway.grpcUrl, licenseKey });
  try {
    return (await client.complete({ prompt, model })).content;
  } catch (error) {
    if (isGatewayCallError(error)) return error.reason ?? "no reason";
    throw error;
  } finally {
    client.close();
  }
}

async function refusalOf(call: Promise<unknown>): Promise<{ reason: string; message: string }> {
  const error = await call.then(
    () => assert.fail("it was not refused"),
    (thrown: unknown) => ConnectError.from(thrown),
  );
  const [info] = error.findDetails(ErrorInfoSchema);
  return { reason: info?.reason ?? "", message: error.message };
}

const namesOf = (keys: readonly LicenseKey[]) =>
  keys.map(({ name, state }) => `${name} ${stateNames.get(state)}`);

const stateNames = new Map<KeyState, string>(
  Object.entries(KeyState).map(([name, state]) => [state, name]),
);

describe("licence keys as records", () => {
  let gateway: TestGateway;
  let admin: Admin;
  before(async () => {
    gateway = await startTestGateway(env, undefined, yaml);
    admin = adminOf(gateway);
  });
  after(() => gateway.close());

  it("work as soon as they are made, on every door", async () => {
    const baseUrl = gateway.httpUrl;
    const interceptors = [bearer(adminKey)];
    for (const [name, transport] of [
      ["grpc", createGrpcTransport({ baseUrl: gateway.grpcUrl, interceptors })],
      ["connect", createConnectTransport({ baseUrl, httpVersion: "1.1", interceptors })],
      ["web", createGrpcWebTransport({ baseUrl, httpVersion: "1.1", interceptors })],
    ] as const) {
      const door = createClient(AdminService, transport);
      const { key, secret } = await door.createKey({ name, tenant: "acme" });
      assert.equal(key?.createdBy, "ops");
      assert.ok(secret.startsWith(key.prefix) && secret.length > 40);
      assert.match(await ask(gateway, secret), /\w/);
      assert.deepEqual(namesOf((await door.revokeKey({ key: name })).keys), [`${name} REVOKED`]);
      assert.equal(await ask(gateway, secret), "INVALID_LICENSE_KEY");
    }
  });

  it("do what they are granted and nothing else", async () => {
    const { secret } = await admin.createKey({
      name: "granted",
      grants: { allowedModels: ["claude-3-haiku"], policies: ["no-mail"] },
    });
    assert.match(await ask(gateway, secret, "Hello?", "claude-3-haiku"), /\w/);
    assert.equal(await ask(gateway, secret, "Hello?"), "PERMISSION_DENIED");
    const mail = "Write to jane@example.com.";
    assert.equal(await ask(gateway, secret, mail, "claude-3-haiku"), "BLOCKED_BY_POLICY");
    assert.notEqual(await ask(gateway, adminKey, mail), "BLOCKED_BY_POLICY");
    const client = createGatewayClient({ url: gateway.grpcUrl, licenseKey: secret });
    const models: string[] = [];
    for await (const { name } of client.listModels()) models.push(name);
    client.close();
    assert.deepEqual(models, ["claude-3-haiku"]);
  });

  it("spend their own budget, which a rotation does not fill again", async () => {
    const budgets = [{ period: BudgetPeriod.DAY, limitNanoUsd: 1n }];
    const { secret } = await admin.createKey({ name: "poor", grants: { budgets } });
    assert.equal(await ask(gateway, secret), "BUDGET_EXCEEDED");
    const rotated = await admin.rotateKey({ key: "poor" });
    assert.equal(await ask(gateway, rotated.secret), "BUDGET_EXCEEDED");
  });

  it("keep their rates", async () => {
    const rates = { requestsPerMinute: 2n };
    const { secret } = await admin.createKey({ name: "slow", grants: { rates } });
    const answers = [await ask(gateway, secret), await ask(gateway, secret)];
    assert.ok(answers.every((text) => /\w/.test(text) && text !== "RATE_LIMITED"));
    assert.equal(await ask(gateway, secret), "RATE_LIMITED");
  });

  it("that are rotated hold on for their grace, and not without one", async () => {
    const made = await admin.createKey({ name: "turning", tenant: "acme" });
    const kept = await admin.rotateKey({ key: "turning", gracePeriod: { seconds: 3600n } });
    assert.equal(kept.key?.tenant, "acme");
    assert.equal(kept.replaced?.state, KeyState.ENDING);
    assert.equal(kept.replaced.replacedBy, kept.key.id);
    for (const secret of [made.secret, kept.secret]) assert.match(await ask(gateway, secret), /\w/);
    const gone = await admin.rotateKey({ key: kept.key.id });
    assert.equal(gone.replaced?.state, KeyState.REVOKED);
    assert.equal(await ask(gateway, kept.secret), "INVALID_LICENSE_KEY");
    assert.match(await ask(gateway, gone.secret), /\w/);
    // What is in its grace can be ended at once, by its id.
    await admin.revokeKey({ key: made.key?.id ?? "" });
    assert.equal(await ask(gateway, made.secret), "INVALID_LICENSE_KEY");
    const { reason } = await refusalOf(admin.rotateKey({ key: made.key?.id ?? "" }));
    assert.equal(reason, "KEY_NOT_CHANGEABLE");
  });

  it("of one name end all at once, those in their grace too, and twice is no more than once", async () => {
    const made = await admin.createKey({ name: "leaving" });
    const kept = await admin.rotateKey({ key: "leaving", gracePeriod: { seconds: 3600n } });
    const { keys } = await admin.revokeKey({ key: "leaving" });
    assert.deepEqual(namesOf(keys), ["leaving REVOKED", "leaving REVOKED"]);
    for (const secret of [made.secret, kept.secret]) {
      assert.equal(await ask(gateway, secret), "INVALID_LICENSE_KEY");
    }
    const again = await admin.revokeKey({ key: "leaving" });
    assert.deepEqual(again.keys[0]?.revokeTime, keys[0]?.revokeTime);
    assert.match((await admin.createKey({ name: "leaving" })).secret, /^axf_/);
  });

  it("are listed page by page beside those of the configuration, and revoked ones when asked for", async () => {
    const { secret } = await admin.createKey({ name: "listed" });
    await admin.revokeKey({ key: "listed" });
    const all: LicenseKey[] = [];
    let pageToken = "";
    do {
      const page = await admin.listKeys({ includeRevoked: true, pageSize: 2, pageToken });
      assert.ok(page.keys.length > 0 && page.keys.length <= 2);
      all.push(...page.keys);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    const names = namesOf(all);
    assert.deepEqual(names.slice(0, 3), ["ops CONFIGURED", "plain CONFIGURED", "listed REVOKED"]);
    assert.equal(new Set(all.map(({ id, name }) => id || name)).size, all.length);
    assert.deepEqual(all[1]?.grants?.allowedModels, ["claude-*"]);
    const usual = await admin.listKeys({});
    assert.ok(!namesOf(usual.keys).includes("listed REVOKED"));
    assert.ok(!JSON.stringify(all, (_, value) => String(value)).includes(secret));
  });

  for (const [about, call, reason] of [
    ["a name that holds", () => admin.createKey({ name: "taken" }), "KEY_NAME_TAKEN"],
    ["a name of the configuration", () => admin.createKey({ name: "plain" }), "KEY_NAME_TAKEN"],
    ["a name with a space", () => admin.createKey({ name: "a b" }), "INVALID_FIELD"],
    ["an unknown key to revoke", () => admin.revokeKey({ key: "nobody" }), "KEY_NOT_FOUND"],
    ["an unknown key to rotate", () => admin.rotateKey({ key: "nobody" }), "KEY_NOT_FOUND"],
    ["no key to revoke", () => admin.revokeKey({}), "INVALID_FIELD"],
    ["a configured key to revoke", () => admin.revokeKey({ key: "plain" }), "KEY_NOT_CHANGEABLE"],
    ["a configured key to rotate", () => admin.rotateKey({ key: "ops" }), "KEY_NOT_CHANGEABLE"],
    [
      "31 days of grace",
      () => admin.rotateKey({ key: "taken", gracePeriod: { seconds: 31n * 86_400n } }),
      "INVALID_FIELD",
    ],
    [
      "a grace before now",
      () => admin.rotateKey({ key: "taken", gracePeriod: { seconds: -1n } }),
      "INVALID_FIELD",
    ],
    ["a page of 1,001", () => admin.listKeys({ pageSize: 1001 }), "INVALID_FIELD"],
    ["a page token of nobody", () => admin.listKeys({ pageToken: "id:x" }), "INVALID_FIELD"],
  ] as const) {
    it(`are not changed for ${about}: ${reason}`, async () => {
      await admin.createKey({ name: "taken" }).catch(() => {});
      assert.equal((await refusalOf(call())).reason, reason);
    });
  }

  it("are the admins' alone, and never admins themselves", async () => {
    const { secret } = await admin.createKey({ name: "curious" });
    for (const licenseKey of ["plain-license-key-1", secret]) {
      const other = adminOf(gateway, licenseKey);
      for (const call of [
        () => other.createKey({ name: "more" }),
        () => other.listKeys({}),
        () => other.revokeKey({ key: "curious" }),
        () => other.rotateKey({ key: "curious" }),
      ]) {
        assert.equal((await refusalOf(call())).reason, "PERMISSION_DENIED");
      }
    }
  });
});

describe("licence keys of two gateways over one PostgreSQL", () => {
  let server: PostgresServer;
  let near: TestGateway;
  let far: TestGateway;
  before(async () => {
    server = await startPostgresServer();
    const AXONFLOW_DATABASE_URL = await server.createDatabase();
    // In compliance mode no call is made without PostgreSQL.
    const store = { AXONFLOW_DATABASE_URL, AXONFLOW_AUDIT_MODE: "performance" };
    const start = () => startTestGateway({ ...env, ...store }, undefined, yaml);
    [near, far] = [await start(), await start()];
  });
  after(async () => {
    await near?.close();
    await far?.close();
    await server?.close();
  });

  it("are made, rotated and revoked on one, and so on the other", async () => {
    const admin = adminOf(near);
    const { secret } = await admin.createKey({ name: "shared" });
    await until("the other lets it in", async () => /\w /.test(await ask(far, secret)));
    const rotated = await admin.rotateKey({ key: "shared" });
    await until("the old one is out", async () => {
      return (await ask(far, secret)) === "INVALID_LICENSE_KEY";
    });
    await until("the new one is in", async () => /\w /.test(await ask(far, rotated.secret)));
    await adminOf(far).revokeKey({ key: "shared" });
    assert.equal(await ask(far, rotated.secret), "INVALID_LICENSE_KEY");
    await until("it is out everywhere", async () => {
      return (await ask(near, rotated.secret)) === "INVALID_LICENSE_KEY";
    });
  });

  it("are still known while PostgreSQL is away, and cannot be changed then", async () => {
    const admin = adminOf(near);
    const { secret } = await admin.createKey({ name: "steady" });
    await server.stop();
    try {
      assert.match(await ask(near, secret), /\w /);
      const { reason } = await refusalOf(admin.createKey({ name: "late" }));
      assert.equal(reason, "LEDGER_UNAVAILABLE");
    } finally {
      await server.start();
    }
    await until("keys can be made again", () =>
      admin.createKey({ name: "late" }).then(
        () => true,
        () => false,
      ),
    );
  });
});
