import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { Code, createRouterTransport, type ServiceImpl } from "@connectrpc/connect";
import {
  type AuditClient,
  AuditDecision,
  createGatewayClient,
  GatewayCallError,
} from "../../../client/sdk/node.ts";
import { AuditService } from "../../../gen/axonflow/gateway/v1/audit_pb.ts";
import { untilGivenUp } from "./stand-in-gateway.ts";

const licenseKey = "made-up-license-key";
const position = { chain: "0f0e0d0c-0b0a-4908-8706-050403020100", sequence: 7 };

/** The audit log of a client before a gateway that answers so; a method left out is UNIMPLEMENTED. */
function auditOf(answers: Partial<ServiceImpl<typeof AuditService>>): AuditClient {
  const transport = createRouterTransport(({ service }) => service(AuditService, answers));
  return createGatewayClient({ url: "http://stand-in", licenseKey, transport }).audit;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("the audit log in the SDK", () => {
  it("is listed page after page, with the same question each time", async () => {
    const asked: string[] = [];
    const audit = auditOf({
      listAuditEntries({ principal, decisions, pageSize, pageToken }) {
        asked.push([principal, decisions, pageSize, pageToken].join(" "));
        if (pageToken === "") return { entries: [{ requestId: "a" }], nextPageToken: "1" };
        // Nothing on this page matched, and more come.
        if (pageToken === "1") return { nextPageToken: "2" };
        return { entries: [{ requestId: "b" }] };
      },
    });
    const filter = { principal: "billing", decisions: [AuditDecision.DENY], pageSize: 3 };
    const entries = await all(audit.list(filter));
    assert.deepEqual(
      entries.map(({ requestId }) => requestId),
      ["a", "b"],
    );
    assert.deepEqual(asked, ["billing 3 3 ", "billing 3 3 1", "billing 3 3 2"]);
  });

  it("asks for no page that nobody reads", async () => {
    let asked = 0;
    const audit = auditOf({
      listAuditEntries: () => ({ entries: [{}, {}], nextPageToken: String(++asked) }),
    });
    for await (const _ of audit.list()) break;
    assert.equal(asked, 1);
  });

  it("gives one entry, with texts only where they are asked for", async () => {
    const audit = auditOf({
      getAuditEntry: ({ position, includeTexts }) => ({
        entry: { ...(position && { position }), action: `texts: ${includeTexts}` },
      }),
    });
    const { entry } = await audit.get(position);
    assert.deepEqual([entry?.position?.chain, entry?.position?.sequence], [position.chain, 7n]);
    assert.equal(entry?.action, "texts: false");
    assert.equal((await audit.get(position, { includeTexts: true })).entry?.action, "texts: true");
  });

  it("proves, verifies and prunes", async () => {
    const audit = auditOf({
      getInclusionProof: ({ position }) => ({ leafIndex: (position?.sequence ?? 0n) - 1n }),
      verifyAuditLog: () => ({ whole: true, records: 5n }),
      pruneAuditLog: ({ dryRun }) => ({ segments: dryRun ? [{ chain: "would go" }] : [] }),
    });
    assert.equal((await audit.prove({ ...position, sequence: 9n })).leafIndex, 8n);
    assert.equal((await audit.verify()).records, 5n);
    assert.equal((await audit.prune()).segments.length, 0);
    assert.equal((await audit.prune({ dryRun: true })).segments[0]?.chain, "would go");
  });

  it("is copied as it comes, and no further than it is read", { timeout: 10_000 }, async () => {
    const left = Promise.withResolvers<void>();
    const audit = auditOf({
      async *exportAuditLog(_, { signal }) {
        signal.addEventListener("abort", () => left.resolve());
        yield { lines: Buffer.from("one\n") };
        yield { lines: Buffer.from("two\n") };
        await untilGivenUp(signal);
      },
    });
    const lines: string[] = [];
    for await (const piece of audit.export()) {
      lines.push(Buffer.from(piece).toString());
      if (lines.length === 2) break;
    }
    assert.deepEqual(lines, ["one\n", "two\n"]);
    await left.promise;
  });

  it("says why when it refuses, and never with a secret", async () => {
    const audit = auditOf({});
    for (const call of [
      () => all(audit.list()),
      () => audit.get(position),
      () => audit.prove(position),
      () => audit.verify(),
      () => all(audit.export()),
      () => audit.prune(),
    ]) {
      await assert.rejects(call, (error) => {
        assert(error instanceof GatewayCallError);
        assert.equal(error.code, Code.Unimplemented);
        assert(!inspect(error, { depth: 9 }).includes(licenseKey));
        return true;
      });
    }
  });

  it("is asked nothing with a deadline that cannot be sent", async () => {
    const audit = auditOf({ async *exportAuditLog() {}, verifyAuditLog: () => assert.fail() });
    await assert.rejects(all(audit.export({}, { timeoutMs: 0 })), RangeError);
    await assert.rejects(audit.verify({ timeoutMs: 0.5 }), RangeError);
  });
});
