import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readDockerfile, type Stage } from "../../unit/deploy/read-dockerfile.ts";
import { type Finished, root, runProgram } from "../support/program.ts";

/** A folder that is an image, run the way a container engine would. */
export interface RunningContainer {
  readonly httpUrl: string;
  /** Runs another program in it, as `docker exec` does. */
  run(command: readonly string[]): Promise<Finished>;
  /** Sends SIGTERM to process 1 and gives the exit status. */
  stop(): Promise<number | null>;
  kill(): void;
}

const portFlags = ["--http-port", "0", "--grpc-port", "0"];

/**
 * Starts the image's CMD on ports of its own, as its USER and with its ENV, as process 1 of its own processes; the tree is
 * mounted read-only, `data` is where the data directory is. Needs root and Linux.
 */
export async function startContainer(
  image: string,
  data: string,
  env: Readonly<Record<string, string>>,
): Promise<RunningContainer> {
  const [, stage] = readDockerfile(await readFile(join(root, "deploy/Dockerfile"), "utf8"));
  const { user, command, variables } = settingsOf(stage);
  const [uid = 0, gid = 0] = user.split(":").map(Number);
  await chown(data, uid, gid);
  await chmod(data, 0o700);
  for (const path of ["proc", "dev"]) await mkdir(join(image, path), { recursive: true });
  const script = `${image}-run.sh`;
  await writeFile(script, runScript(image, data, user, { ...variables, ...env }));
  const args = ["--mount", "--pid", "--fork", "--kill-child", "sh", script, ...command];
  const child = spawn("unshare", [...args, ...portFlags], { stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close") as Promise<[number | null]>;
  const { line, lines } = await firstMatch(child, closed, /"httpPort":(\d+)/);
  const httpPort = Number(line[1]);
  const pid = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")).trim();
  const inside = ["--target", pid, "--mount", "--pid", "sh", `${image}-exec.sh`];
  const runEnv = { ...variables, ...env, AXONFLOW_HTTP_PORT: String(httpPort) };
  await writeFile(`${image}-exec.sh`, enterScript(image, user, runEnv));
  return {
    httpUrl: `http://127.0.0.1:${httpPort}`,
    run: (program) => runProgram("nsenter", [...inside, ...program]),
    async stop() {
      process.kill(Number(pid), "SIGTERM");
      const [exitCode] = await closed;
      if (exitCode !== 0) console.error(lines.join("\n"));
      return exitCode;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

function settingsOf(stage: Stage | undefined) {
  const textOf = (keyword: string) =>
    stage?.instructions.find((instruction) => instruction.keyword === keyword)?.text ?? "";
  const variables = Object.fromEntries(
    textOf("ENV")
      .split(/\s+/)
      .map((pair) => pair.split("=", 2)),
  ) as Record<string, string>;
  return { user: textOf("USER"), command: JSON.parse(textOf("CMD")) as string[], variables };
}

function runScript(image: string, data: string, user: string, env: Record<string, string>): string {
  return [
    "set -eu",
    `mount --bind ${image} ${image}`,
    `mount --bind ${data} ${image}/var/lib/axonflow`,
    `mount -t proc proc ${image}/proc`,
    `mount --rbind /dev ${image}/dev`,
    `mount -o remount,ro,bind ${image}`,
    enterScript(image, user, env),
  ].join("\n");
}

/** Nothing of this machine's environment comes in. */
function enterScript(image: string, user: string, env: Record<string, string>): string {
  const pairs = Object.entries(env).map(([name, value]) => `'${name}=${value}'`);
  const chroot = `$(command -v chroot) --userspec=${user} ${image}`;
  return `exec env -i ${pairs.join(" ")} ${chroot} "$@"`;
}

async function firstMatch(
  child: ReturnType<typeof spawn>,
  closed: Promise<unknown>,
  pattern: RegExp,
) {
  const lines: string[] = [];
  const line = await new Promise<RegExpMatchArray>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on("line", (text) => {
        lines.push(text);
        const match = text.match(pattern);
        if (match) resolve(match);
      });
    }
    void closed.then(() => reject(new Error(`the container ended:\n${lines.join("\n")}`)));
  });
  return { line, lines };
}
