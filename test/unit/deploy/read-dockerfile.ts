/** One instruction, with its continued lines in one: `RUN`, `npm install …`. */
export interface Instruction {
  readonly keyword: string;
  readonly text: string;
}

/** What stands below one FROM. */
export interface Stage {
  readonly base: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** A Dockerfile's stages, with the defaults of the ARGs above the first FROM put in. Here-documents are not read. */
export function readDockerfile(text: string): readonly Stage[] {
  const all = instructionsOf(text);
  const defaults = new Map(
    all
      .slice(0, firstFrom(all))
      .map(({ text: argument }) => argument.split("=", 2) as [string, string]),
  );
  const stages: Stage[] = [];
  for (const [index, { keyword, text: value }] of all.entries()) {
    if (keyword !== "FROM") continue;
    const [base = "", , name = ""] = value.split(/\s+/);
    const rest = all.slice(index + 1);
    stages.push({
      base: expand(base, defaults),
      name,
      instructions: rest.slice(0, firstFrom(rest)),
    });
  }
  return stages;
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
  const joined = lines.join("\n").replaceAll(/\\\n\s*/g, " ");
  return joined.split("\n").map((line) => {
    const [, keyword = "", rest = ""] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
    return { keyword: keyword.toUpperCase(), text: rest };
  });
}

function firstFrom(instructions: readonly Instruction[]): number {
  const index = instructions.findIndex(({ keyword }) => keyword === "FROM");
  return index < 0 ? instructions.length : index;
}

function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => values.get(name) ?? "");
}

/** The sources and the destination of a COPY, and the stage that it copies from, if any. */
export function readCopy({ text }: Instruction) {
  const words = text.split(/\s+/);
  const flags = words.filter((word) => word.startsWith("--"));
  const paths = words.filter((word) => !word.startsWith("--"));
  const flagOf = (name: string) =>
    flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3);
  return {
    sources: paths.slice(0, -1),
    destination: paths.at(-1) ?? "",
    from: flagOf("from"),
    owner: flagOf("chown"),
  };
}
