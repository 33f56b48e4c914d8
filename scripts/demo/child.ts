import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { DemoError } from "./demo-error.ts";

/** A program of this repository that runs beside the demo. */
export interface Child {
  /** Rejects with a DemoError when the program ends before it was told to. */
  readonly failed: Promise<never>;
  /** Resolves with the first match in what it prints on stdout. */
  prints(pattern: RegExp): Promise<string>;
  /** SIGTERM, and SIGKILL for one that does not end within five seconds. Resolves when it has ended. */
  end(): Promise<void>;
}

const patienceMs = 5_000;
const mostCharactersKept = 4_000;

/** Starts one, with an environment in which nothing of the user's AWS or gateway settings is left. */
export function startChild(
  main: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Child {
  const path = fileURLToPath(new URL(`../../${main}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...neutralEnvironment(), ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Whatever becomes of the demo, its children do not outlive it.
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);

  let printed = "";
  let ending = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      printed = (printed + text).slice(-mostCharactersKept);
    });
  }
  const closed = once(child, "close").finally(() => process.off("exit", kill));
  const failed = closed.then(([status, signal]) => {
    if (ending) return new Promise<never>(() => {});
    throw new DemoError(`${main} ended by itself (${signal ?? status}).\n${printed}`.trimEnd());
  });
  failed.catch(() => {});
  return {
    failed,
    prints: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          const [match] = pattern.exec(printed) ?? [];
          if (match === undefined) return;
          child.stdout.off("data", look);
          resolve(match);
        };
        child.stdout.on("data", look);
        look();
      }),
    async end() {
      ending = true;
      child.kill("SIGTERM");
      const timer = setTimeout(kill, patienceMs);
      await closed.finally(() => clearTimeout(timer));
    },
  };
}

/** Settings that would make the demo call something real or behave differently on another machine. */
const foreign = /^(AWS|AXONFLOW|BEDROCK|LLM|EMULATOR|OTEL)_|^LOG_LEVEL$/;

function neutralEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
