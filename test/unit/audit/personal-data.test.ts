import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { audit } from "../../../server/audit/audit.ts";
import { auditWorld } from "../../fakes/audit-world.ts";
import { sampleCall } from "../../fakes/calls.ts";
import { readAll, refusalOf } from "../../fakes/outcomes.ts";
import { asks, type Rules, redacting, says } from "../../fakes/personal-data.ts";
import { runScanner } from "../../fakes/run-scanner.ts";

/** Made up: what the test's scanner takes for an EMAIL and an SSN. */
const raw = { EMAIL: "someone@else", SSN: "123-45-6789" };
const said = `mail ${raw.EMAIL} number ${raw.SSN}`;
const leaks = /someone@|123-45|45-6789/;

/** The layers that redact with the audit log between them, over a log in memory. */
async function stage(rules: Rules, bodies: boolean) {
  const world = auditWorld();
  const log = await world.open();
  const layer = audit({ log, clock: world.clock, configuration: "c0ffee", bodies });
  const model = says("You said ", raw.EMAIL, " and ", raw.SSN);
  const layers = redacting(rules, model, runScanner, layer);
  return {
    layers,
    ask: async (change: Parameters<typeof asks>[1] = {}) => {
      const call = sampleCall({ request: asks(said, change) });
      return world.done(layers.handle(call).then(({ events }) => readAll(events)));
    },
    /** Everything that any record says, decrypted, and the bytes as they are stored. */
    async records() {
      await world.end(log);
      const records = await world.read();
      assert.ok(records.every(({ unreadable }) => unreadable === ""));
      return records;
    },
  };
}

const whats = { "without texts": false, "with texts": true };

for (const [what, bodies] of Object.entries(whats)) {
  describe(`the audit log ${what}, of calls with personal data`, () => {
    for (const action of ["redact", "mask", "pseudonymize"] as const) {
      it(`has how much of it was found and no value, where policies ${action} it`, async () => {
        const { ask, records } = await stage({ EMAIL: action, SSN: action }, bodies);
        await ask({ system: said, user: raw.EMAIL, tags: { owner: raw.EMAIL } });
        const all = await records();
        const [intent, outcome] = all.filter(({ kind }) => /intent|outcome/.test(kind));
        assert.ok(intent?.content && outcome?.content);
        const { redactions } = intent.content.call as { redactions: { entity: string }[] };
        assert.deepEqual(
          new Set(redactions.map(({ entity }) => entity)),
          new Set(["EMAIL", "SSN"]),
        );
        for (const { content, bytes } of all) {
          assert.doesNotMatch(JSON.stringify(content), leaks);
          assert.doesNotMatch(bytes.toString("latin1"), leaks);
        }
        assert.equal("request" in intent.content, bodies);
        assert.equal("answer" in outcome.content, bodies);
      });
    }

    it("has that it was refused, by which policy, and nothing of its texts, where policies block it", async () => {
      const { ask, records, layers } = await stage({ EMAIL: "block", SSN: "block" }, bodies);
      const change = { system: said, user: "someone", tags: { owner: raw.EMAIL }, model: "claude" };
      const error = await refusalOf(() => ask(change));
      assert.equal(error.reason, ErrorReason.BLOCKED_BY_POLICY);
      assert.equal(layers.seen.length, 0);
      const all = await records();
      const [intent, outcome] = all.filter(({ kind }) => /intent|outcome/.test(kind));
      assert.ok(intent?.content && outcome?.content);
      const { call, result } = outcome.content as Record<string, Record<string, unknown>>;
      assert.equal(call?.model, "claude");
      assert.deepEqual(
        [result?.decision, result?.code, result?.reason, result?.policy],
        ["deny", "failed_precondition", "BLOCKED_BY_POLICY", "pii-filter"],
      );
      assert.deepEqual(intent.requestId, outcome.requestId);
      for (const { content, bytes } of all) {
        assert.doesNotMatch(JSON.stringify(content), leaks);
        assert.doesNotMatch(JSON.stringify(content), /mail |number /);
        assert.doesNotMatch(bytes.toString("latin1"), leaks);
      }
    });
  });
}
