import { stat } from "node:fs/promises";
import type { Check } from "../check.ts";
import { conclude, type Problem } from "../findings.ts";
import { hipaa, pci } from "../rules.ts";

/** A file or directory that others must not read. */
export interface PrivatePath {
  readonly path: string;
  /** What it is, for people. */
  readonly what: string;
  /** Whether it is a mistake when it is not there. */
  readonly isNeeded: boolean;
}

/** What the check needs. */
export interface FileModesOptions {
  readonly paths: readonly PrivatePath[];
}

const readable = 0o044;
const writable = 0o022;

/** Whether keys and data can be read and written by the gateway's own user alone. */
export function fileModesCheck({ paths }: FileModesOptions): Check {
  return {
    id: "file-modes",
    group: "This gateway",
    title: "Keys and data are the gateway's own",
    subject: "",
    rules: [
      hipaa("164.312(a)(1)", "access control"),
      pci("3.6.1", "keys are protected"),
      pci("10.3.1", "read access to audit logs is limited"),
    ],
    async run() {
      const found = await Promise.all(
        paths.map(async (each) => ({ ...each, mode: await modeOf(each) })),
      );
      const isElsewhere = found.every(({ mode }) => mode === "missing");
      return conclude(
        "Nobody else on this machine can read or write them.",
        isElsewhere ? [elsewhere] : found.flatMap(problemsOf),
        found.map(({ path, mode }) => ({
          name: path,
          value: typeof mode === "number" ? mode.toString(8).padStart(4, "0") : mode,
        })),
      );
    },
  };
}

const elsewhere = {
  verdict: "unknown",
  reason: "None of the gateway's files is here.",
  remedy: "Run axonflow doctor where the gateway runs, as its user.",
} as const;

type Mode = number | "missing" | "not readable";

async function modeOf({ path }: PrivatePath): Promise<Mode> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isMissing ? "missing" : "not readable";
  }
}

function problemsOf({
  path,
  what,
  isNeeded,
  mode,
}: PrivatePath & { readonly mode: Mode }): Problem[] {
  if (mode === "missing") {
    if (!isNeeded) return [];
    const reason = `${what} (${path}) is not here.`;
    return [{ verdict: "unknown", reason, remedy: elsewhere.remedy }];
  }
  if (mode === "not readable") {
    const reason = `Nothing can be said of ${path} from here.`;
    return [{ verdict: "unknown", reason, remedy: "Run axonflow doctor as the gateway's user." }];
  }
  const remedy = `chmod go-rwx ${path}`;
  if ((mode & (readable | writable)) === 0) return [];
  const verb = (mode & writable) === 0 ? "read" : "write";
  return [
    { verdict: "fail", reason: `Others may ${verb} ${what.toLowerCase()} (${path}).`, remedy },
  ];
}
