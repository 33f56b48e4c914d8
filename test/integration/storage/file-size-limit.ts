import { execFileSync } from "node:child_process";

/** How large this process's files may become. */
export interface FileSizeLimit {
  set(bytes: number): void;
  lift(): void;
}

/**
 * Makes writes of this process fail as on a full disk (with EFBIG in place of ENOSPC), and lifts that again; it needs no
 * rights, but `prlimit` of util-linux. Undefined where that is missing, as on macOS.
 */
export function fileSizeLimit(): FileSizeLimit | undefined {
  // Its default is to end the process.
  process.on("SIGXFSZ", () => {});
  // Without a second value the hard limit stays, up to which anybody may go.
  const set = (limit: string) =>
    execFileSync("prlimit", ["--pid", String(process.pid), `--fsize=${limit}:`], {
      stdio: "ignore",
    });
  try {
    set("unlimited");
  } catch {
    return undefined;
  }
  return { set: (bytes) => void set(String(bytes)), lift: () => void set("unlimited") };
}
