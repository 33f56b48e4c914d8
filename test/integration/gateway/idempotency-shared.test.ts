import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { Client } from "pg";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { type PostgresServer, startPostgresServer } from "../storage/postgres-server.ts";
import { createCallers } from "./callers.ts";
import { CallError, type DoorCaller, readStream } from "./door-caller.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

const question = { prompt: "Write 20 words." };

/** Values that must not be the model's to see; each gateway has to know the other's tokens. */
const yaml = `
policies:
  - name: pii-filter
    type: content_filter
    filters:
      - type: pii_detection
        action: pseudonymize
        entities: [EMAIL]
`;

describe("an idempotency-key at two gateways over one PostgreSQL", () => {
  let server: PostgresServer;
  let emulator: Emulator;
  let AXONFLOW_DATABASE_URL: string;
  let near: TestGateway;
  let far: TestGateway;
  let [nearCaller, farCaller]: DoorCaller[] = [];
  before(async () => {
    server = await startPostgresServer();
    emulator = await createEmulator();
    AXONFLOW_DATABASE_URL = await server.createDatabase();
    const env = { AXONFLOW_DATABASE_URL, LLM_BEDROCK_ENDPOINT_URL: emulator.url };
    near = await startTestGateway(env, undefined, yaml);
    far = await startTestGateway(env, undefined, yaml);
    [[nearCaller], [farCaller]] = [createCallers(near), createCallers(far)];
  });
  beforeEach(() => emulator.journal.clear());
  after(async () => {
    await near?.close();
    await far?.close();
    await emulator?.close();
    await server?.close();
  });

  let keys = 0;
  const withKey = (key = `shared ${++keys}`) => ({ headers: { "idempotency-key": key } });
  const requests = () => emulator.journal.entries.filter(({ kind }) => kind === "request").length;

  it("is answered once, whichever of them is asked, whole or as a stream", async () => {
    const options = withKey();
    const first = await nearCaller?.complete(question, options);
    const again = await farCaller?.complete(question, options);
    const streamed = await readStream(farCaller?.stream(question, options) ?? assert.fail());
    for (const repeat of [again, streamed]) {
      assert.equal(repeat?.text, first?.text);
      assert.equal(repeat?.replayOf, first?.requestId);
      assert.equal(repeat?.costNanoUsd, first?.costNanoUsd);
    }
    assert.equal(requests(), 1);
  });

  it("is answered once when both are asked at the same moment, ten times each", async () => {
    const options = withKey();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (at % 2 ? nearCaller : farCaller)?.complete(question, options),
      ),
    );
    assert.equal(new Set(answers.map((answer) => answer?.text)).size, 1);
    assert.equal(requests(), 1);
  });

  it("is refused by the other one for another request", async () => {
    const options = withKey();
    await nearCaller?.complete(question, options);
    const refused = farCaller?.complete({ prompt: "Another question." }, options);
    await assert.rejects(
      async () => refused,
      (error) => error instanceof CallError && error.reason === "IDEMPOTENCY_KEY_REUSED",
    );
  });

  it("is made anew after a failure, by whichever is asked next", async () => {
    const options = withKey();
    const action = { kind: "exception", exception: "ValidationException", at: "response" } as const;
    emulator.setFaults([{ action }]);
    await assert.rejects(async () => nearCaller?.complete(question, options));
    emulator.clearFaults();
    const answer = await farCaller?.complete(question, options);
    assert.equal(answer?.replayOf, "");
  });

  it("gives each caller its own values back, though another gateway made the tokens", async () => {
    const options = withKey();
    const asked = { prompt: "Echo: write to jane.doe@corp.example today" };
    const first = await nearCaller?.complete(asked, options);
    const again = await farCaller?.complete(asked, options);
    assert.match(first?.text ?? "", /jane\.doe@corp\.example/);
    assert.equal(again?.text, first?.text);
    assert.equal(again?.replayOf, first?.requestId);
  });

  it("is another's when the gateway that had it dies", async () => {
    const lost: GatewayProcess = await startGatewayProcess({
      AXONFLOW_LICENSE_KEYS: `test=${near.licenseKey}`,
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_ENDPOINT_URL: emulator.url,
      AXONFLOW_DATABASE_URL,
    });
    emulator.setPacing({ pauseAfterTokens: 2 });
    const key = "shared until death";
    const asking = fetch(`${lost.httpUrl}/v1/complete`, {
      method: "POST",
      headers: { authorization: `Bearer ${near.licenseKey}`, "idempotency-key": key },
      body: JSON.stringify({ ...question, stream: true }),
    })
      .then((response) => response.text())
      .catch(() => "broken off");
    await emulator.journal.waitFor(({ kind }) => kind === "paused");
    lost.child.kill("SIGKILL");
    await lost.exited;
    assert.equal(await asking, "broken off");
    emulator.setPacing({});
    const answer = await farCaller?.complete(question, withKey(key));
    assert.equal(answer?.replayOf, "");
    assert.ok(answer?.text);
  });

  it("leaves nothing in the database that can be read", async () => {
    const client = new Client({ connectionString: AXONFLOW_DATABASE_URL });
    await client.connect();
    const { rows } = await client.query<{ [column: string]: Buffer }>(
      "SELECT name, mark, sealed FROM axonflow.shared_answer WHERE sealed IS NOT NULL",
    );
    await client.end();
    assert.ok(rows.length > 0);
    for (const row of rows) {
      const bytes = Buffer.concat(Object.values(row));
      assert.doesNotMatch(bytes.toString("latin1"), /jane|corp|shared|us-east-1|anthropic/);
    }
  });
});
