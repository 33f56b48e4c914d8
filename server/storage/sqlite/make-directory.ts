import { mkdirSync } from "node:fs";
import { SqliteRefused } from "./sqlite-refused.ts";

/** Makes the data directory when it is not there; only the gateway's own user may read what is in it. */
export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new SqliteRefused(
      `${directory} is no directory and cannot be made one. Choose another AXONFLOW_DATA_DIR. (${code})`,
    );
  }
}
