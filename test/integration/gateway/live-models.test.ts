import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { models } from "../../../emulator/models/find-model.ts";
import { createMailbox } from "../../fakes/mailbox.ts";
import { responseOf, startSocketServer } from "../../fakes/socket-server.ts";
import { withEmulator } from "../emulator/fixture.ts";
import {
  closed,
  listed,
  model,
  profile,
  refreshMs,
  serve,
  startControlPlane,
  startListing,
  useCredentials,
  warned,
} from "./model-listing.ts";

describe("the live listing", () => {
  it("reads every model that the control plane has, with its profiles", () =>
    withEmulator({}, async ({ url, requests }) => {
      using running = startListing(url);
      const all = await listed(running);
      assert.deepEqual(
        all.map(({ id, profiles }) => ({ id, profiles })),
        models.map(({ id, profiles }) => ({
          id,
          profiles: profiles.map((each) => `${each}.${id}`),
        })),
      );
      assert.ok(
        all.every(
          ({ isText, isStreaming, lifecycle }) => isText && isStreaming && lifecycle === "active",
        ),
      );
      assert.deepEqual(
        requests.map(({ path }) => path),
        ["/foundation-models", "/inference-profiles?maxResults=1000&type=SYSTEM_DEFINED"],
      );
      assert.deepEqual(
        running.log.lines.map(({ level }) => level),
        ["debug"],
      );
    }));

  it("knows in real life what can be called by its id, and what is to end", () => {
    const now = () => Date.parse("2026-11-22T12:00:00Z");
    process.env.AWS_BEARER_TOKEN_BEDROCK = "key"; // A signature would be of another day.
    return withEmulator({ lifecycle: "real", now, bearerTokens: ["key"] }, async ({ url }) => {
      using running = startListing(url);
      const all = await listed(running);
      const opus = all.find(({ id }) => id === "anthropic.claude-opus-4-1-20250805-v1:0");
      assert.deepEqual(
        [opus?.lifecycle, opus?.endOfLife, opus?.onDemand],
        ["legacy", "2027-01-08", false],
      );
      assert.equal(all.find(({ id }) => id === "meta.llama3-70b-instruct-v1:0")?.onDemand, true);
      assert.ok(!all.some(({ id }) => id === "anthropic.claude-3-5-sonnet-20240620-v1:0"));
    }).finally(() => delete process.env.AWS_BEARER_TOKEN_BEDROCK);
  });

  it("reads again after a while, and takes what is new", () =>
    withEmulator({}, async ({ url }) => {
      using running = startListing(url);
      const first = await listed(running);
      assert.equal(await running.goOn(), refreshMs);
      assert.deepEqual(await listed(running), first);
    }));

  it("follows the pages to their end", async () => {
    const server = await startControlPlane((path) => {
      if (path.startsWith("/foundation-models")) return { modelSummaries: [model("a.one")] };
      const page = Number(/nextToken=(\d+)/.exec(path)?.[1] ?? 0);
      const nextToken = page < 3 ? String(page + 1) : undefined;
      return { inferenceProfileSummaries: [profile(`p${page}.a.one`, "a.one")], nextToken };
    });
    using running = startListing(server.origin);
    const [one] = await listed(running);
    assert.deepEqual(one?.profiles, ["p0.a.one", "p1.a.one", "p2.a.one", "p3.a.one"]);
  });

  it("gives up on a listing without an end", async () => {
    const server = await startControlPlane(() => ({
      modelSummaries: [],
      inferenceProfileSummaries: [],
      nextToken: "again",
    }));
    using running = startListing(server.origin);
    const { fields } = await warned(running);
    assert.deepEqual(
      [fields.error, fields.operation],
      ["ListingTooLarge", "ListInferenceProfiles"],
    );
    assert.equal(server.requests.length, 51);
  });

  it("gives up on more models than there can be", async () => {
    const modelSummaries = Array.from({ length: 10_001 }, (_, nth) => model(`a.${nth}`));
    const server = await startControlPlane(() => ({ modelSummaries }));
    using running = startListing(server.origin);
    const { fields } = await warned(running);
    assert.deepEqual([fields.error, fields.operation], ["ListingTooLarge", "ListFoundationModels"]);
  });

  it("reads no more of a body than could be a listing", async () => {
    const piece = Buffer.alloc(1024 * 1024, " ");
    const server = await serve(({ socket }) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n");
      const more = () => void socket.write(piece, (error) => error ?? setImmediate(more));
      more();
    });
    using running = startListing(server.origin);
    assert.equal((await warned(running)).fields.error, "ListingTooLarge");
  });
});

describe("a live listing that fails", () => {
  for (const [who, accessKeyId, secret, name] of [
    ["a stranger", "stranger", "emulator", "UnrecognizedClientException"],
    ["a wrong secret", "emulator", "wrong", "InvalidSignatureException"],
  ] as const) {
    it(`says that ${who} needs other credentials, and shows none`, () =>
      withEmulator({}, async ({ url }) => {
        useCredentials(accessKeyId, secret);
        using running = startListing(url);
        const { fields, message } = await warned(running);
        assert.equal(fields.error, name);
        assert.match(message, /check the AWS credentials/);
        assert.match(String(fields.requestId), /^[0-9a-f-]{36}$/);
        assert.doesNotMatch(JSON.stringify(running.log.lines), /stranger|wrong|emulator/i);
      }));
  }

  it("names the IAM actions when access is denied, once until it is allowed", () => {
    const denied = { kind: "exception", exception: "AccessDeniedException" } as const;
    const faults = [{ api: "control-plane" as const, action: denied }];
    return withEmulator({ faults }, async (emulator) => {
      using running = startListing(emulator.url);
      const { fields, message } = await warned(running);
      assert.deepEqual(
        [fields.error, fields.operation],
        ["AccessDeniedException", "ListFoundationModels"],
      );
      assert.match(message, /bedrock:ListFoundationModels and bedrock:ListInferenceProfiles/);
      assert.equal(await running.goOn(), 60_000);
      assert.equal(await running.goOn(), 120_000);
      const restMs = await running.rests.next();
      emulator.setFaults([]);
      running.clock.advance(restMs);
      assert.ok((await listed(running)).length > 0);
      await running.rests.next();
      assert.deepEqual(
        running.log.lines.map(({ level }) => level),
        ["warn", "info"],
      );
    });
  });

  it("warns again when it fails for another reason", () => {
    const exceptions = ["AccessDeniedException", "ThrottlingException"] as const;
    const faults = exceptions.map((exception, nth) => ({
      api: "control-plane" as const,
      nthCall: nth + 1,
      action: { kind: "exception", exception } as const,
    }));
    return withEmulator({ faults }, async ({ url }) => {
      using running = startListing(url);
      assert.equal((await warned(running)).fields.error, "AccessDeniedException");
      await running.goOn();
      assert.equal((await warned(running)).fields.error, "ThrottlingException");
    });
  });

  it("has 30 s for each call to a server that never answers", async () => {
    const asked = createMailbox<Socket>();
    const server = await serve(({ socket }) => asked.put(socket));
    using running = startListing(server.origin);
    const socket = await asked.next();
    const gone = closed(socket);
    running.clock.advance(29_999);
    await turn();
    assert.deepEqual(running.log.lines, []);
    running.clock.advance(1);
    const { fields, message } = await warned(running);
    assert.equal(fields.error, "TimeoutError");
    assert.match(message, /com\.amazonaws\.us-west-2\.bedrock,/);
    await gone;
  });

  it("has 30 s also for a body that stops half-way", async () => {
    const asked = createMailbox<Socket>();
    const server = await serve(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"modelSummaries":[', () =>
        asked.put(socket),
      );
    });
    using running = startListing(server.origin);
    const socket = await asked.next();
    const gone = closed(socket);
    running.clock.advance(30_000);
    assert.equal((await warned(running)).fields.error, "TimeoutError");
    await gone;
  });

  for (const [what, answer, error, advice] of [
    ["broken JSON", responseOf('{"modelSummaries":['), "SyntaxError", /does not look like/],
    ["a page of HTML", responseOf("<html>Welcome</html>"), "SyntaxError", /does not look like/],
    ["a proxy's refusal", responseOf("<html>no</html>", { status: 503 }), "SyntaxError", /proxies/],
    ["nothing", responseOf(""), "NotAListing", /does not look like/],
    ["an empty object", responseOf("{}"), "NotAListing", /does not look like/],
  ] as const) {
    it(`takes ${what} for no listing`, async () => {
      const server = await serve(({ socket }) => void socket.write(answer));
      using running = startListing(server.origin);
      const { fields, message } = await warned(running);
      assert.equal(fields.error, error);
      assert.match(message, advice);
    });
  }

  it("says what to do when nobody listens there", async () => {
    const server = await startSocketServer(() => {});
    await server.close();
    using running = startListing(server.origin);
    const { fields, message } = await warned(running);
    assert.equal(fields.error, "ECONNREFUSED");
    assert.match(message, /LLM_BEDROCK_CONTROL_ENDPOINT_URL/);
  });

  it("leaves no call and no line behind when it is closed", async () => {
    const asked = createMailbox<Socket>();
    const server = await serve(({ socket }) => asked.put(socket));
    using running = startListing(server.origin);
    const socket = await asked.next();
    const gone = closed(socket);
    running.listing.close();
    await gone;
    await turn();
    assert.deepEqual([running.log.lines, running.clock.armed], [[], 0]);
  });
});
