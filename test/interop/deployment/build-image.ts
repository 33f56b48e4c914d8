import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Instruction, readCopy, readDockerfile } from "../../unit/deploy/read-dockerfile.ts";
import { root, runWell } from "../support/program.ts";
import { node } from "../support/toolchain.ts";

/**
 * Follows deploy/Dockerfile step by step without Docker, and gives the folder that is the image. In the place of the base
 * image stands this machine's Debian, laid under everything by an overlay, with the project's own Node where the base has
 * it; nothing is written to this machine. Needs root, Linux and npm's registry.
 */
export async function buildImage(folder: string): Promise<string> {
  const [build, image] = readDockerfile(await readFile(join(root, "deploy/Dockerfile"), "utf8"));
  if (!build || !image) throw new Error("deploy/Dockerfile has not two stages");
  const base = join(folder, "base");
  const written = join(folder, "written");
  for (const path of [base, written, join(folder, "work")]) await mkdir(path, { recursive: true });
  const script = join(folder, "build.sh");
  await writeFile(script, buildScript(folder, build.instructions));
  await runWell("unshare", ["--mount", "sh", script]);
  const result = join(folder, "image");
  for (const step of image.instructions.filter(({ keyword }) => keyword === "COPY")) {
    const { sources, destination, owner } = readCopy(step);
    const target = join(result, destination);
    await mkdir(dirname(target), { recursive: true });
    for (const source of sources) await cp(join(written, source), target, { recursive: true });
    if (owner) await runWell("chown", ["-R", owner, target]);
  }
  return result;
}

function buildScript(folder: string, instructions: readonly Instruction[]): string {
  const base = join(folder, "base");
  const layers = `lowerdir=/,upperdir=${folder}/written,workdir=${folder}/work`;
  let directory = "/";
  const steps = instructions.flatMap((instruction) => {
    const { keyword, text } = instruction;
    if (keyword === "WORKDIR") {
      directory = text;
      return [`mkdir -p ${base}${text}`];
    }
    if (keyword === "RUN")
      return [`chroot ${base} /bin/sh -ec ${quoted(`cd ${directory}; ${text}`)}`];
    if (keyword !== "COPY") throw new Error(`${keyword} in the build stage is not known here`);
    const { sources, destination } = readCopy(instruction);
    const target = destination.startsWith("/") ? destination : join(directory, destination);
    return sources.map((source) => `cp -R ${join(root, source)} ${base}${target}`);
  });
  return [
    "set -eu",
    `mount -t overlay overlay -o ${layers} ${base}`,
    `mount --bind /proc ${base}/proc`,
    `mount --rbind /dev ${base}/dev`,
    `mkdir -p ${base}/usr/local/bin`,
    `cp -L ${node} ${base}/usr/local/bin/node`,
    "export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    ...steps,
  ].join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
