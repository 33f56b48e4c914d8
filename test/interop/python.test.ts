import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describeGrpcClient } from "./support/client-suite.ts";
import { root, runWell } from "./support/program.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { cacheFolder, once, requireProgram } from "./support/toolchain.ts";

const folder = join(root, "test/interop/python");
const protos = join(root, "proto");
const generated = useTemporaryFolder("python");

describeGrpcClient("Python", async () => {
  const python = await createEnvironment();

  await generate(python);
  const env = { PYTHONPATH: generated, PYTHONDONTWRITEBYTECODE: "1" };
  return { command: python, args: [join(folder, "client.py")], env };
});

/** The virtual environment of the pinned requirements, and the Python in it. */
async function createEnvironment(): Promise<string> {
  const advice = "Install Python 3.10 or newer with venv (Debian: python3 python3-venv).";
  const { stdout } = await requireProgram("python3", ["-c", describePython], advice);
  const environment = join(cacheFolder, `python-${stdout.trim()}`);
  const python = join(environment, "bin/python");
  const requirements = join(folder, "requirements.txt");
  await once(environment, await readFile(requirements, "utf8"), async () => {
    await runWell("python3", ["-m", "venv", environment]);
    await runWell(python, ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
  });
  return python;
}

/** Debian's python3 has `venv` but not `ensurepip`, without which no environment can be made. */
const describePython = "import sys, venv, ensurepip; print(sys.implementation.cache_tag)";

/** Does what a user does: protoc with its Python plugins over the published contract. */
async function generate(python: string): Promise<void> {
  const files = (await readdir(protos, { recursive: true })).filter((file) =>
    file.endsWith(".proto"),
  );
  const outputs = ["--python_out", "--grpc_python_out"].map((flag) => `${flag}=${generated}`);
  await runWell(python, ["-m", "grpc_tools.protoc", `-I${protos}`, ...outputs, ...files]);
}
