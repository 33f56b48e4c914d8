import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startTestGateway, type TestGateway } from "./gateway/gateway.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const buf = join(root, "node_modules/.bin/buf");
const contract = join(root, "proto/axonflow/gateway/v1");
const completion = "proto/axonflow/gateway/v1/completion.proto";

describe("the contract's checks can fail", () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), "axonflow-contract-"));
    for (const path of ["proto", "gen", "buf.yaml", "buf.gen.yaml", "scripts"]) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  function change(from: string, to: string): void {
    const path = join(copy, completion);
    const before = readFileSync(path, "utf8");
    assert.ok(before.includes(from));
    writeFileSync(path, before.replace(from, to));
  }
  const inCopy = { env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env.PATH}` } };
  const outputOf = async (command: string, ...args: string[]) => {
    try {
      return (await run(command, args, { ...inCopy, cwd: copy })).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return stdout + stderr;
    }
  };

  it("a field that changes its type breaks it", async () => {
    change("string system = 3;", "bytes system = 3;");
    const output = await outputOf(buf, "breaking", "--against", "proto/baseline.binpb");
    assert.match(output, /"system".*changed type/);
  });

  it("a field without a comment fails the lint", async () => {
    change("  // Instructions that stand above the conversation. Empty means none.\n", "");
    assert.match(await outputOf(buf, "lint"), /"system" should have a non-empty comment/);
  });

  it("a contract that gen/ was not made from is noticed", async () => {
    change("string system = 3;", "string system = 3;\n  // More.\n  string more = 99;");
    const check = join(copy, "scripts/check-generated.ts");
    assert.match(await outputOf(process.execPath, check), /completion_pb\.ts.*npm run generate/);
  });
});

const healthMethods = ["Check", "List", "Watch"].map((name) => `grpc.health.v1.Health/${name}`);

/** Every method that the contract's files declare, as their text has it. */
function declaredMethods(): string[] {
  const methods = readdirSync(contract).flatMap((file) => {
    const text = readFileSync(join(contract, file), "utf8");
    return [...text.matchAll(/^service (\w+) \{\n(.*?)^\}/gms)].flatMap(([, service, body = ""]) =>
      [...body.matchAll(/^ {2}rpc (\w+)\(/gm)].map(
        ([, method]) => `axonflow.gateway.v1.${service}/${method}`,
      ),
    );
  });
  assert.ok(methods.includes("axonflow.gateway.v1.CompletionService/CompleteStream"));
  return methods.sort();
}

describe("reflection tells the contract to whoever asks", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway();
  });
  after(() => gateway.close());

  for (const version of ["grpc-v1", "grpc-v1alpha"]) {
    it(`by ${version}, without a licence key`, async () => {
      const { stdout } = await run(buf, [
        "curl",
        ...["--protocol", "grpc", "--http2-prior-knowledge", "--reflect-protocol", version],
        "--list-methods",
        gateway.grpcUrl,
      ]);
      assert.deepEqual(stdout.trim().split("\n"), [...declaredMethods(), ...healthMethods]);
    });
  }
});
