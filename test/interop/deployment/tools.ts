import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root, runWell } from "../support/program.ts";
import { cacheFolder, installGoProgram, once, requireProgram } from "../support/toolchain.ts";

/** The folder of the Python programs that check templates and manifests: cfn-lint and kubernetes-validate. */
export const checkers = () => pythonPrograms("checkers");

/** AWS's own program. Not together with the others: two files of tests would install at once. */
export const awsProgram = async () => join(await pythonPrograms("aws"), "aws");

async function pythonPrograms(name: string): Promise<string> {
  const advice = "Install Python 3.10 or newer with venv (Debian: python3 python3-venv).";
  await requireProgram("python3", ["-c", "import venv, ensurepip"], advice);
  const environment = join(cacheFolder, name);
  const requirements = join(root, `test/interop/deployment/${name}.txt`);
  await once(environment, await readFile(requirements, "utf8"), async () => {
    await runWell("python3", ["-m", "venv", environment]);
    const python = join(environment, "bin/python");
    await runWell(python, ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
  });
  return join(environment, "bin");
}

/** Kustomize, of the last version that Go 1.26 compiles. */
export const kustomize = () =>
  installGoProgram("sigs.k8s.io/kustomize/kustomize/v5", "v5.7.1", "kustomize");

/** The library by which Docker Compose reads its files, as a program. */
export const composeReader = () =>
  installGoProgram("github.com/compose-spec/compose-go/v2/cmd", "v2.16.2", "cmd");
