import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Call } from "../../../../server/core/call.ts";
import type { CompletionEvent } from "../../../../server/core/reply.ts";
import { sampleCall } from "../../../fakes/calls.ts";
import { completedEvent, deltaEvent, textEvent } from "../../../fakes/completion-events.ts";
import { cutUp } from "../../../fakes/cut-up.ts";
import { readAll } from "../../../fakes/outcomes.ts";
import { asks, type Model, type Rules, redacting } from "../../../fakes/personal-data.ts";

const rules: Rules = { EMAIL: "pseudonymize", SSN: "pseudonymize" };
const token = /⟦[A-Z]+:[a-z]+⟧/g;

/** What the model is asked, as one text. */
const asked = ({ messages }: Pick<Call["request"], "messages">) =>
  messages
    .flatMap(({ content }) => content)
    .map(({ block }) => (block.case === "text" ? block.value.text : ""))
    .join("");

/** A model that writes what `say` makes of the prompt, in these pieces. */
const model =
  (say: (prompt: string) => string, cuts: readonly number[] = []): Model =>
  (request) => [
    ...cutUp(say(asked(request)), cuts).map((piece) => textEvent(piece)),
    completedEvent(),
  ];

async function talk(request: Call["request"], say: Model, change: Partial<Call> = {}) {
  const layers = redacting(rules, say);
  const reply = await layers.handle(sampleCall({ request, ...change }));
  const events = await readAll(reply.events);
  const [seen] = layers.seen;
  assert.ok(seen);
  return { events, text: textOf(events), seen: asked(seen.request) };
}

function textOf(events: readonly CompletionEvent[]): string {
  return events
    .map((event) =>
      event.case === "delta" && event.value.piece.case === "text" ? event.value.piece.value : "",
    )
    .join("");
}

describe("a call whose values get tokens", () => {
  it("shows the model tokens and the caller values", async () => {
    const { seen, text } = await talk(
      asks("mail a@b and c@d, ssn 123456789"),
      model((prompt) => `I did: ${prompt}`),
    );
    assert.equal(seen.replace(token, "T"), "mail T and T, ssn T");
    assert.equal(text, "I did: mail a@b and c@d, ssn 123456789");
  });

  it("shows the same token for the same value throughout", async () => {
    const { seen } = await talk(
      asks("a@b a@b c@d"),
      model(() => "ok"),
    );
    const [first, second, third] = seen.match(token) ?? [];
    assert.ok(first === second && first !== third);
  });

  it("restores in pieces of any size", async () => {
    const values = fc.constantFrom("a@b", "c@d", "123-45-6789", "word", "⟦", "⟧", "⟦EMAIL:", "🙂");
    const question = fc.array(values).map((words) => words.join(" "));
    await fc.assert(
      fc.asyncProperty(question, fc.array(fc.integer({ min: 1, max: 9 })), async (prompt, cuts) => {
        const { text } = await talk(
          asks(prompt),
          model((seen) => seen, cuts),
        );
        assert.equal(text, prompt);
      }),
      { numRuns: 300 },
    );
  });

  it("restores in the arguments of tools, escaped or not, and writes values as JSON has to", async () => {
    const layers = redacting(rules, (request) => {
      const [found = ""] = asked(request).match(token) ?? [];
      const escaped = found.replace("⟦", "\\u27e6").replace("⟧", "\\u27E7");
      const json = `{"to":"${found}","cc":["${escaped}"],"${found}":1}`;
      return [
        ...cutUp(json, [10, 3, 9, 5, 2, 2]).map((inputJson) =>
          deltaEvent({ piece: { case: "toolUse", value: { inputJson } } }),
        ),
        completedEvent(),
      ];
    });
    const reply = await layers.handle(sampleCall({ request: asks("mail a@b") }));
    const written = (await readAll(reply.events))
      .map((event) =>
        event.case === "delta" && event.value.piece.case === "toolUse"
          ? event.value.piece.value.inputJson
          : "",
      )
      .join("");
    assert.deepEqual(JSON.parse(written), { to: "a@b", cc: ["a@b"], "a@b": 1 });
  });

  it("restores in the stop sequence that ended the answer", async () => {
    const layers = redacting(rules, ({ stopSequences: [stop = ""] }) => [
      textEvent("x"),
      completedEvent({ stopSequence: stop }),
    ]);
    const request = asks("hi", { stopSequences: ["a@b"] });
    const reply = await layers.handle(sampleCall({ request }));
    const last = (await readAll(reply.events)).at(-1);
    assert.ok(last?.case === "completed");
    assert.match(layers.seen[0]?.request.stopSequences[0] ?? "", token);
    assert.equal(last.value.stopSequence, "a@b");
  });

  it("restores nothing that was not minted for it", async () => {
    for (const said of [
      "⟦EMAIL:bbbbbbbb⟧",
      "⟦EMAIL:",
      "⟦⟧",
      "⟦x⟧ and ⟦e⟧ρ",
      "[EMAIL]",
      "EMAIL:b",
    ]) {
      const { text } = await talk(
        asks("a@b"),
        model(() => `${said} `, [3]),
      );
      assert.equal(text, `${said} `);
    }
  });

  it("restores no token that was cut, lengthened or changed", async () => {
    const changes = [
      (minted: string) => minted.slice(0, -2),
      (minted: string) => minted.replace("⟧", "b⟧"),
      (minted: string) => minted.replace(/.⟧/, "⟧"),
      (minted: string) => minted.toUpperCase(),
      (minted: string) => minted.replace("EMAIL", "SSN"),
      (minted: string) => minted.slice(1, -1),
    ];
    for (const change of changes) {
      const { text, seen } = await talk(asks("a@b"), model(change));
      assert.equal(text, change(seen));
      assert.ok(!text.includes("a@b"));
    }
  });

  it("hands a text that looks like a token back as it was, and never takes it for one", async () => {
    const stranger = redacting(
      rules,
      model(() => "ok"),
    );
    const conversation = { conversationId: "c" };
    await stranger.handle(sampleCall({ request: asks("a@b", conversation) }));
    const [minted = ""] = asked(stranger.seen[0]?.request ?? { messages: [] }).match(token) ?? [];
    for (const like of [minted, "⟦EMAIL:7k2q⟧", "⟦TEXT:bbbbbbbb⟧"]) {
      const { seen, text } = await talk(
        asks(`say ${like}`),
        model((prompt) => prompt),
      );
      assert.ok(!seen.includes(like), "the model gets a token for it");
      assert.equal(text, `say ${like}`);
    }
  });

  it("does not look again at a value that it put in", async () => {
    const layers = redacting(
      rules,
      model((prompt) => prompt.slice("join ".length)),
    );
    const reply = await layers.handle(
      sampleCall({ request: asks("join ⟦EMAIL:⟦EMAIL:abc⟧⟧ a@b") }),
    );
    assert.equal(textOf(await readAll(reply.events)), "⟦EMAIL:⟦EMAIL:abc⟧⟧ a@b");
  });

  it("never shares its values with another call, not even of its conversation", async () => {
    const conversation = { conversationId: "c" };
    let minted = "";
    const layers = redacting(rules, (request) => {
      minted ||= asked(request).match(token)?.[0] ?? "";
      return [textEvent(minted), completedEvent()];
    });
    const answers: string[] = [];
    for (const prompt of ["a@b", "c@d"]) {
      const reply = await layers.handle(sampleCall({ request: asks(prompt, conversation) }));
      answers.push(textOf(await readAll(reply.events)));
    }
    assert.deepEqual(answers, ["a@b", minted]);
  });

  it("leaves its values nowhere in what goes further down", async () => {
    const layers = redacting(
      rules,
      model(() => "ok"),
    );
    await layers.handle(sampleCall({ request: asks("a@b 123-45-6789", { user: "c@d" }) }));
    const { signal, context, ...rest } = layers.seen[0] ?? sampleCall();
    const all = JSON.stringify(rest, (_, value) => (value instanceof Map ? [...value] : value));
    assert.doesNotMatch(all, /a@b|6789|c@d/);
    assert.match(all, /"user":"\[EMAIL\]"/, "what is never answered with gets a label");
  });

  it("gives the model's own values tokens too, which the caller never sees", async () => {
    const layers = redacting(
      { EMAIL: ["pseudonymize", "response"] },
      model(() => "ask x@y now", [7]),
    );
    const reply = await layers.handle(sampleCall({ request: asks("hi") }));
    assert.equal(textOf(await readAll(reply.events)), "ask x@y now");
    assert.deepEqual(
      layers.sightings.map(({ entity, direction }) => [entity, direction]),
      [["EMAIL", "response"]],
    );
  });
});
