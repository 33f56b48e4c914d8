import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CallError, readStream } from "./door-caller.ts";
import { bedrockTransports } from "./gateway.ts";
import {
  bothTexts,
  guidePolicy,
  leaks,
  licenseKey,
  raw,
  redacted,
  said,
  stage,
} from "./personal-data-stage.ts";

/** The audit log keeps texts too, as policies left them. */
const withBodies = { AXONFLOW_AUDIT_BODIES: "true" };

for (const transport of bedrockTransports) {
  describe(`personal data over the ${transport} transport`, () => {
    const at = stage(guidePolicy, {
      LLM_BEDROCK_TRANSPORT: transport,
      LLM_SHADOW_MODE: "true",
      LLM_PRIMARY_PROVIDER: "bedrock",
      LLM_SHADOW_PROVIDER: "openai",
      LLM_SHADOW_SAMPLE_RATE: "1",
      LLM_SHADOW_SINK: "emf",
      AXONFLOW_AUDIT_BODIES: String(transport === "lean"),
    });

    it("reaches no model, whole or streamed, through any door", async () => {
      for (const caller of at.callers()) {
        const question = { prompt: `Repeat: ${said}`, system: `I am ${said}` };
        assert.deepEqual(await bothTexts(caller, question), [redacted, redacted], caller.name);
      }
      assert.match(at.upstream(), /\[EMAIL\]/);
    });

    it("reaches no model of another provider", async () => {
      const question = { prompt: `Repeat: ${said}`, model: "gpt-4o" };
      for (const caller of at.callers()) {
        assert.deepEqual(await bothTexts(caller, question), [redacted, redacted], caller.name);
      }
    });

    it("reaches no model that is asked because another failed", async () => {
      at.east().setFaults([{ action: { kind: "exception", exception: "ThrottlingException" } }]);
      for (const caller of at.callers()) {
        const [whole, streamed] = await bothTexts(caller, { prompt: `Repeat: ${said}` });
        assert.deepEqual([whole, streamed], [redacted, redacted], caller.name);
      }
      assert.ok(at.west().requests.length > 0);
    });

    it("reaches no model that goes on where another broke off", async () => {
      const action = { kind: "clean-end", afterTokens: 6 } as const;
      at.east().setFaults([{ operation: "stream", action }]);
      const model = "meta.llama3-8b-instruct-v1:0";
      const before = at.west().requests.length;
      for (const caller of at.callers()) {
        const { text } = await readStream(caller.stream({ prompt: `Repeat: ${said}`, model }));
        assert.equal(text, redacted, caller.name);
      }
      assert.equal(at.west().requests.length - before, at.callers().length);
    });

    it("reaches the shadow no more than the caller's own model", async () => {
      const isCopy = () => at.openai().requests.length > 0;
      await at.client().complete({ prompt: `Repeat: ${said}` });
      while (!isCopy()) await new Promise(setImmediate);
      const { requests } = at.openai();
      assert.ok(requests.some(({ body }) => Buffer.from(body).toString().includes("[SSN]")));
    });

    it("is counted in the answer, by entity, direction and action", async () => {
      const { redactions } = await at.client().complete({ prompt: `Repeat: ${said} ${raw.EMAIL}` });
      const counts = redactions.map(({ entity, count, direction, action }) => [
        entity,
        count,
        direction,
        action,
      ]);
      assert.deepEqual(counts, [
        ["EMAIL", 2, 1, 1],
        ["PHONE", 1, 1, 1],
        ["SSN", 1, 1, 1],
        ["CREDIT_CARD", 1, 1, 1],
      ]);
      const response = await fetch(`${at.gateway().httpUrl}/v1/complete`, {
        method: "POST",
        headers: { authorization: `Bearer ${licenseKey}` },
        body: JSON.stringify({ prompt: raw.EMAIL }),
      });
      const body = (await response.json()) as { readonly redactions: unknown };
      assert.deepEqual(body.redactions, [
        { entity: "EMAIL", direction: "request", count: 1, action: "redacted" },
      ]);
    });

    it("shows the log at LOG_LEVEL=debug what models were asked and answered, redacted", () => {
      const lines = at.logs().filter(({ level }) => level === 20);
      const requests = lines.filter(({ request }) => request !== undefined);
      const answers = lines.filter(({ answer }) => answer !== undefined);
      assert.ok(requests.some((line) => JSON.stringify(line).includes(`Repeat: ${redacted}`)));
      assert.ok(answers.some((line) => JSON.stringify(line).includes(`"text":"${redacted}"`)));
    });

    it("in what a caller says of itself reaches neither a model nor the ledger", async () => {
      const tags = { "cost-centre": "42", owner: raw.EMAIL };
      const about = { user: raw.PHONE, conversationId: raw.SSN, tags };
      await at.client().complete({ prompt: "Hello?", ...about });
      for await (const _ of at.client().stream({ prompt: "Hello?", ...about }).events);
    });

    it("is in no byte that went upstream, was logged, exported or kept, and in no record of the audit log", async () => {
      const upstream = at.upstream();
      const { logged, exported, kept, audited } = await at.outlets();
      assert.match(exported, /axonflow\.redactions\.request\.email/);
      assert.match(kept, /cost-centre.{1,20}owner.{1,20}\[EMAIL\]/);
      assert.match(audited, /intent .*"owner":"\[EMAIL\]".*"entity":"SSN"/);
      assert.match(audited, /copy-outcome .*"decision":"allow"/);
      assert.equal(audited.includes(`Repeat: ${redacted}`), transport === "lean", "bodies");
      for (const [where, bytes] of Object.entries({
        upstream,
        logged,
        exported,
        kept,
        audited,
      })) {
        const [found] = leaks.exec(bytes) ?? [];
        assert.equal(found, undefined, where);
      }
    });
  });
}

describe("personal data with pseudonyms", () => {
  const at = stage(guidePolicy.replace("action: redact", "action: pseudonymize"), withBodies);

  it("comes back to the caller and stays from the model, through every door, streamed too", async () => {
    for (const caller of at.callers()) {
      for (const model of ["", "gpt-4o", "meta.llama3-8b-instruct-v1:0"]) {
        const texts = await bothTexts(caller, { prompt: `Repeat: ${said}`, model });
        assert.deepEqual(texts, [said, said], `${caller.name} ${model}`);
      }
    }
    assert.match(at.upstream(), /⟦EMAIL:[a-z]{8}⟧/);
  });

  it("comes back in the arguments of tools, whole and streamed, of every provider", async () => {
    const tools = [{ name: "send", description: "Sends.", inputSchema: { type: "object" } }];
    const prompt = `Use tool send with {"to":"${raw.EMAIL}","phone":"${raw.PHONE}"}`;
    for (const model of ["", "gpt-4o", "us.amazon.nova-lite-v1:0"]) {
      const answer = await at.client().complete({ prompt, tools, model });
      const use = answer.blocks.find(({ block }) => block.case === "toolUse")?.block;
      assert.ok(use?.case === "toolUse", model);
      assert.deepEqual(use.value.input, { to: raw.EMAIL, phone: raw.PHONE }, model);
      let json = "";
      for await (const { event } of at.client().stream({ prompt, tools, model }).events) {
        const piece = event.case === "delta" ? event.value.piece : undefined;
        if (piece?.case === "toolUse") json += piece.value.inputJson;
      }
      assert.deepEqual(JSON.parse(json), { to: raw.EMAIL, phone: raw.PHONE }, model);
    }
  });

  it("comes back to each who asked the same, once asked and twice answered", async () => {
    const prompt = `Repeat: ${said}`;
    for (const [index, caller] of at.callers().entries()) {
      const headers = { "idempotency-key": "one key" };
      const answer = await caller.complete({ prompt }, { headers });
      assert.equal(answer.text, said, caller.name);
      assert.equal(answer.replayOf === "", index === 0, caller.name);
      const streamed = await readStream(caller.stream({ prompt }, { headers }));
      assert.equal(streamed.text, said, caller.name);
    }
  });

  it("comes back after another model went on", async () => {
    at.east().setFaults([{ operation: "stream", action: { kind: "clean-end", afterTokens: 9 } }]);
    const model = "meta.llama3-8b-instruct-v1:0";
    for (const caller of at.callers()) {
      const { text } = await readStream(caller.stream({ prompt: `Repeat: ${said}`, model }));
      assert.equal(text, said, caller.name);
    }
  });

  it("is in no byte that went upstream, was logged, exported or kept, and in no record of the audit log", async () => {
    const upstream = at.upstream();
    for (const [where, bytes] of Object.entries({ upstream, ...(await at.outlets()) })) {
      const [found] = leaks.exec(bytes) ?? [];
      assert.equal(found, undefined, where);
    }
  });
});

describe("personal data that a model says", () => {
  const at = stage(
    guidePolicy.replace("action: redact", "action: redact\n        direction: response"),
    withBodies,
  );

  it("is taken out of answers, whole and streamed, through every door", async () => {
    for (const caller of at.callers()) {
      for (const model of ["", "gpt-4o"]) {
        const texts = await bothTexts(caller, { prompt: `Repeat: ${said}`, model });
        assert.deepEqual(texts, [redacted, redacted], `${caller.name} ${model}`);
      }
    }
  });

  it("is not in the log of the answer", () => {
    const answers = at.logs().filter(({ answer }) => answer !== undefined);
    assert.ok(answers.length > 0);
    for (const line of answers) assert.doesNotMatch(JSON.stringify(line), leaks);
  });

  it("is in no answer on record", async () => {
    const { audited } = await at.outlets();
    const outcomes = audited.split("\n").filter((line) => line.startsWith("outcome "));
    assert.ok(outcomes.some((line) => line.includes(redacted)));
    for (const line of outcomes) assert.doesNotMatch(line, leaks);
  });
});

describe("personal data that is blocked", () => {
  const at = stage(guidePolicy.replace("action: redact", "action: block"), withBodies);

  it("is refused at every door with policy, entity and direction, before anybody is asked", async () => {
    for (const caller of at.callers()) {
      for (const ask of [
        () => caller.complete({ prompt: `mail ${raw.EMAIL}` }),
        () => readStream(caller.stream({ prompt: `mail ${raw.EMAIL}` })),
      ]) {
        await assert.rejects(ask(), (error) => {
          assert.ok(error instanceof CallError);
          assert.deepEqual(
            [error.code, error.reason, error.metadata.policy, error.metadata.entity],
            ["FAILED_PRECONDITION", "BLOCKED_BY_POLICY", "pii-filter", "EMAIL"],
          );
          assert.equal(error.metadata.direction, "request");
          return true;
        });
      }
    }
    assert.equal(at.upstream(), "");
  });

  it("is on record as refused, with nothing of what was said", async () => {
    const { audited, logged, exported, kept } = await at.outlets();
    const ends = audited.split("\n").filter((line) => line.startsWith("outcome "));
    assert.equal(ends.length, 2 * at.callers().length);
    for (const end of ends) {
      assert.match(end, /"decision":"deny".*"reason":"BLOCKED_BY_POLICY","policy":"pii-filter"/);
    }
    for (const [where, bytes] of Object.entries({ audited, logged, exported, kept })) {
      assert.doesNotMatch(bytes, leaks, where);
      assert.doesNotMatch(bytes, /mail jane/, where);
    }
  });
});
