/** Every command of AWS's own program in a Markdown text, each on one line: those of code blocks, and whole ones in a sentence. */
export function awsCommandsOf(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^ *```bash\n([\s\S]*?)^ *```$/gm)].flatMap(
    ([, text = ""]) => text.replaceAll(/\\\n\s*/g, "").match(/^ *aws .+$/gm) ?? [],
  );
  const prose = markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  // What has no option is the name of a command.
  const inline = [...prose.matchAll(/`(aws [^`]* --[^`]*)`/g)].map(([, text = ""]) => text);
  return [...blocks, ...inline].map((command) => command.trim().replaceAll(/\s+/g, " "));
}

/** The same with something in the place of what readers fill in, and of other programs' output, so that a shell takes it. */
export function filledIn(command: string): string {
  return command
    .replaceAll(/<[a-z-]+>/g, "1")
    .replaceAll(/"\$\(jq [^"]*\)"/g, "made-up")
    .replaceAll("…", "made-up");
}
