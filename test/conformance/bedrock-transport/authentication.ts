import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import type { EmulatorOptions } from "../../../emulator/emulator.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { providerError } from "../../../server/providers/bedrock/errors.ts";
import type { TransportCase } from "../bedrock-transport-suite.ts";
import { emulatorKeys, openStage, question, readAll, staying } from "./stage.ts";

/** As whom a transport comes. */
export function authentication(subject: TransportCase): void {
  describe("comes", () => {
    const open: { close(): unknown }[] = [];
    after(() => Promise.all(open.map((one) => one.close())));

    async function stageWith(environment: Record<string, string>, options?: EmulatorOptions) {
      const stage = await openStage(subject, environment, options);
      open.push(stage);
      return stage;
    }

    it("with temporary keys and their session token", async () => {
      const keys = { accessKeyId: "temporary", secretAccessKey: "secret", sessionToken: "session" };
      const { transport, emulator } = await stageWith(
        {
          AWS_ACCESS_KEY_ID: keys.accessKeyId,
          AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
          AWS_SESSION_TOKEN: keys.sessionToken,
        },
        { credentials: [keys] },
      );
      await transport.whole(question("invoke"), staying);
      assert.equal(
        (await readAll(transport.stream(question("converse"), staying))).failure,
        undefined,
      );
      assert.equal(emulator.requests.at(-1)?.headers["x-amz-security-token"], "session");
    });

    it("with a bearer token, which wins over keys and is not signed", async () => {
      const { transport, emulator } = await stageWith(
        { ...emulatorKeys, AWS_BEARER_TOKEN_BEDROCK: "bedrock-api-key" },
        { bearerTokens: ["bedrock-api-key"] },
      );
      await transport.whole(question("invoke"), staying);
      await readAll(transport.stream(question("invoke"), staying));
      for (const { headers } of emulator.requests) {
        assert.equal(headers.authorization, "Bearer bedrock-api-key");
        assert.equal(headers["x-amz-date"], undefined);
        assert.equal(headers["x-amz-content-sha256"], undefined);
      }
    });

    for (const [about, environment] of [
      ["keys that nobody knows", { AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "y" }],
      ["a wrong secret", { ...emulatorKeys, AWS_SECRET_ACCESS_KEY: "wrong" }],
      ["a bearer token that nobody knows", { AWS_BEARER_TOKEN_BEDROCK: "x" }],
      ["no keys at all", {}],
    ] satisfies [string, Record<string, string>][]) {
      it(`with ${about} in vain`, async () => {
        const { transport } = await stageWith(environment);
        const asked = transport.whole(question("invoke"), staying);
        const failure = await asked.then(
          () => assert.fail("was let in"),
          (error: unknown) => error,
        );
        assert.equal(providerError(failure).reason, ErrorReason.PROVIDER_CREDENTIALS);
        assert.doesNotMatch(providerError(failure).message, /wrong|secret/);
      });
    }

    it("with new keys when the old ones are about to end, and with good ones all the time", async () => {
      const given = Array.from({ length: 1000 }, (_, at) => `key${at}`);
      const source = await startCredentialSource(given);
      open.push(source);
      const { transport, emulator } = await stageWith(
        { AWS_CONTAINER_CREDENTIALS_FULL_URI: source.url },
        { credentials: given.map(keysOf) },
      );
      const signers = new Set<string | undefined>();
      // The SDK fetches new keys while it still uses the old ones, so a few calls may pass.
      for (let call = 0; call < 500 && signers.size < 3; call++) {
        await transport.whole(question("invoke"), staying);
        const { authorization = "" } = emulator.requests.at(-1)?.headers ?? {};
        signers.add(/Credential=(\w+)/.exec(authorization)?.[1]);
      }
      assert.deepEqual([...signers], ["key0", "key1", "key2"]);
    });

    it("with the same keys while they are good", async () => {
      const source = await startCredentialSource(["only", "never"], 3_600_000);
      open.push(source);
      const { transport } = await stageWith(
        { AWS_CONTAINER_CREDENTIALS_FULL_URI: source.url },
        { credentials: [keysOf("only")] },
      );
      const calls = Array.from({ length: 5 }, () => transport.whole(question("invoke"), staying));
      await Promise.all(calls);
      await transport.whole(question("invoke"), staying);
    });
  });
}

/** The keys of this id. */
function keysOf(accessKeyId: string) {
  return { accessKeyId, secretAccessKey: "secret", sessionToken: "session" };
}

/** Gives one key after another, as a container's agent does; each is good for a minute unless said otherwise. */
async function startCredentialSource(accessKeyIds: readonly string[], lifetimeMs = 60_000) {
  let asked = 0;
  const server = createServer((_, response) => {
    const AccessKeyId = accessKeyIds[asked++] ?? "";
    const Expiration = new Date(Date.now() + lifetimeMs).toISOString();
    response.setHeader("content-type", "application/json");
    const { secretAccessKey: SecretAccessKey, sessionToken: Token } = keysOf(AccessKeyId);
    response.end(JSON.stringify({ AccessKeyId, SecretAccessKey, Token, Expiration }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/credentials`,
    close: () => server.close(),
  };
}
