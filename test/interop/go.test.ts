import { cp } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describeGrpcClient } from "./support/client-suite.ts";
import { root, runWell } from "./support/program.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { buf, goBin, installGoProgram } from "./support/toolchain.ts";

const sources = join(root, "test/interop/go");
const folder = useTemporaryFolder("go");

describeGrpcClient("Go", async () => {
  await installGoProgram("google.golang.org/protobuf/cmd/protoc-gen-go", "v1.36.12");
  await installGoProgram("google.golang.org/grpc/cmd/protoc-gen-go-grpc", "v1.6.2");
  await cp(sources, folder, { recursive: true });
  await generate();
  const client = join(folder, "client");
  await runWell("go", ["build", "-o", client, "."], { cwd: folder });
  return { command: client, args: [] };
});

/** Does what a user does: buf with Go's two plugins over the published contract. */
async function generate(): Promise<void> {
  const template = join(folder, "buf.gen.yaml");
  const env = { PATH: [goBin, process.env.PATH].join(delimiter) };
  await runWell(buf, ["generate", "--template", template, "--output", folder, "."], { env });
}
