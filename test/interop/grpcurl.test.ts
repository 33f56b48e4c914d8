import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { answer, question } from "./support/answer.ts";
import { licenseKey } from "./support/gateway.ts";
import { runWell } from "./support/program.ts";
import { useStack } from "./support/stack.ts";
import { installGoProgram } from "./support/toolchain.ts";

const service = "axonflow.gateway.v1.CompletionService";

describe("grpcurl, which knows the contract by reflection alone", () => {
  let grpcurl = "";
  before(async () => {
    grpcurl = await installGoProgram("github.com/fullstorydev/grpcurl/cmd/grpcurl", "v1.9.3");
  });
  const stack = useStack();
  const limit = { timeout: 60_000 };
  const target = () => `127.0.0.1:${stack().gateway.grpcPort}`;

  test("lists the services", limit, async () => {
    const listed = await runWell(grpcurl, ["-plaintext", target(), "list"]);
    assert.deepEqual(listed.trim().split("\n"), [
      "axonflow.gateway.v1.AdminService",
      "axonflow.gateway.v1.AuditService",
      service,
      "axonflow.gateway.v1.ModelService",
      "axonflow.gateway.v1.ShadowService",
      "axonflow.gateway.v1.UsageService",
      "grpc.health.v1.Health",
    ]);
  });

  test("describes CompletionService", limit, async () => {
    const described = await runWell(grpcurl, ["-plaintext", target(), "describe", service]);
    const request = ".axonflow.gateway.v1.CompleteRequest";
    const [whole, streamed] = ["Response", "StreamResponse"].map(
      (name) => `.axonflow.gateway.v1.Complete${name}`,
    );
    assert.ok(described.includes(`rpc Complete ( ${request} ) returns ( ${whole} );`));
    assert.ok(
      described.includes(`rpc CompleteStream ( ${request} ) returns ( stream ${streamed} );`),
    );
  });

  for (const name of ["CompleteRequest", "CompleteStreamResponse", "ErrorReason"]) {
    test(`describes ${name}`, limit, async () => {
      const symbol = `axonflow.gateway.v1.${name}`;
      const described = await runWell(grpcurl, ["-plaintext", target(), "describe", symbol]);
      assert.ok(described.startsWith(`${symbol} is a`), described);
    });
  }

  test("calls Complete", limit, async () => {
    const output = await runWell(grpcurl, [
      "-plaintext",
      ...["-H", `authorization: Bearer ${licenseKey}`],
      ...["-d", JSON.stringify({ prompt: question })],
      target(),
      `${service}/Complete`,
    ]);
    assert.equal(JSON.parse(output).content, answer);
  });

  for (const watched of ["", service]) {
    test(`is told without a key that ${watched || "the server"} is SERVING`, limit, async () => {
      const body = JSON.stringify({ service: watched });
      const check = ["-d", body, target(), "grpc.health.v1.Health/Check"];
      assert.deepEqual(JSON.parse(await runWell(grpcurl, ["-plaintext", ...check])), {
        status: "SERVING",
      });
    });
  }
});
