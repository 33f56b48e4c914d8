import type { JournalEntry } from "../../../emulator/journal.ts";
import type { Pacing } from "../../../emulator/pacing.ts";
import { startService } from "./service.ts";
import { node } from "./toolchain.ts";

/** The emulator as a process of its own, told what to do by its control door. */
export interface RunningEmulator {
  readonly url: string;
  /** Turns to a new page: an empty journal, and this pacing for the calls to come. */
  prepare(pacing: Pacing): Promise<void>;
  /** What has happened since `prepare`. */
  journal(): Promise<readonly JournalEntry[]>;
  /** Waits for the first call since `prepare` that has ended, and gives all that happened in it. */
  endedCall(): Promise<readonly JournalEntry[]>;
  stop(): Promise<void>;
}

/** Starts the emulator on a free port. */
export async function startEmulator(): Promise<RunningEmulator> {
  const service = startService(node, ["emulator/main.ts", "--port", "0", "--log"]);
  const [, url = ""] = await service.waitForLine(/ready at (http:\S+)/);
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${url}/_emulator/${path}`, init);
    if (!response.ok) throw new Error(`emulator, ${path}: ${await response.text()}`);
    return response.json();
  };
  const journal = async () => (await control("GET", "journal")) as readonly JournalEntry[];
  let page = service.lineCount;
  return {
    url,
    journal,
    async prepare(pacing) {
      await control("PUT", "pacing", pacing);
      await control("DELETE", "journal");
      page = service.lineCount;
    },
    async endedCall() {
      const [, id] = await service.waitForLine(/^(call-\d+) .*(completed|aborted)/, page);
      return (await journal()).filter(({ callId }) => callId === id);
    },
    stop: () => service.stop(),
  };
}
