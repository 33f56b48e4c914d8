import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  type CompleteRequest,
  CompleteRequestSchema,
  ReasoningEffort,
  Role,
  ServiceTier,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { textBlock } from "../../fakes/calls.ts";
import { runAxonflow } from "./command.ts";
import { type StandInServer, startStandInServer } from "./stand-in-server.ts";

describe("axonflow complete with more than text", () => {
  let server: StandInServer;
  let folder: string;
  let env: Record<string, string>;
  const received: CompleteRequest[] = [];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "axonflow-test-"));
    server = await startStandInServer({
      complete(request) {
        received.push(request);
        return { content: "Ada." };
      },
    });
    env = { AXONFLOW_URL: server.grpcUrl, AXONFLOW_LICENSE_KEY: "key" };
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it("sends pictures, documents, a schema, an effort and a tier", async () => {
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const schema = { type: "object", properties: { name: { type: "string" } } };
    const { status } = await runAxonflow(
      [
        ...[
          "complete",
          "Who?",
          "--image",
          file("a.PNG", "png"),
          "--document",
          file("b.pdf", "pdf"),
        ],
        ...["--schema", file("c.json", JSON.stringify(schema)), "--reasoning", "low"],
        ...["--tier", "flex"],
      ],
      env,
    );
    assert.equal(status, 0);
    const image = { content: Buffer.from("png"), mediaType: "image/png" };
    const document = { content: Buffer.from("pdf"), mediaType: "application/pdf", name: "b" };
    const content = [
      { block: { case: "document", value: document } },
      { block: { case: "image", value: image } },
      textBlock("Who?"),
    ] as const;
    const format = { case: "jsonSchema", value: { name: "answer", schema } } as const;
    const sent = create(CompleteRequestSchema, {
      messages: [{ role: Role.USER, content: [...content] }],
      responseFormat: { format },
      reasoning: { effort: ReasoningEffort.LOW },
      serviceTier: ServiceTier.FLEX,
    });
    const [request] = received;
    assert.ok(request);
    assert.deepEqual(
      toBinary(CompleteRequestSchema, request),
      toBinary(CompleteRequestSchema, sent),
    );
  });
});
