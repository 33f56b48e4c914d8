import { openSync, readFileSync, writeSync } from "node:fs";

/** What a provider, or the disk, would know of one call. */
export interface JournalledCall {
  /** So many of the journal's accounts count it, from the first on. */
  readonly accounts: number;
  readonly grantedNanoUsd: bigint;
  /** What was asked for beyond that, and may or may not have been set aside. */
  extensionNanoUsd: bigint;
  /** Whether it was said that the extension is set aside. */
  isExtended: boolean;
  /** How far it came: `starting` may stand in the file, `started` has to. */
  state: "reserved" | "starting" | "started" | "released" | "ended";
  costNanoUsd: bigint;
  /** Whether the store said so of something that came after its end. */
  isDurable: boolean;
}

type Word =
  | "reserved"
  | "starting"
  | "started"
  | "extending"
  | "extended"
  | "released"
  | "ended"
  | "durable";

/** Writes to a file, line by line and at once: what is written is there when the process is killed. */
export function openJournal(path: string) {
  const file = openSync(path, "a");
  return (word: Word, id: string, ...amounts: readonly (bigint | number)[]) => {
    writeSync(file, `${[word, id, ...amounts].join(" ")}\n`);
  };
}

/** Reads what processes wrote one after the other. */
export function readJournal(path: string): ReadonlyMap<string, JournalledCall> {
  const calls = new Map<string, JournalledCall>();
  for (const line of readFileSync(path, "utf8").trimEnd().split("\n")) {
    const [word, id = "", amount = "0", accounts = "0"] = line.split(" ");
    if (word === "reserved") calls.set(id, reserved(BigInt(amount), Number(accounts)));
    const call = calls.get(id);
    if (!call) throw new Error(`The journal has ${line} of a call that was never reserved.`);
    note(call, word as Word, BigInt(amount));
  }
  return calls;
}

function reserved(grantedNanoUsd: bigint, accounts: number): JournalledCall {
  const nothing = { extensionNanoUsd: 0n, isExtended: false, costNanoUsd: 0n, isDurable: false };
  return { ...nothing, accounts, grantedNanoUsd, state: "reserved" };
}

function note(call: JournalledCall, word: Word, amount: bigint): void {
  switch (word) {
    case "extending":
      call.extensionNanoUsd = amount;
      return;
    case "extended":
      call.isExtended = true;
      return;
    case "durable":
      call.isDurable = true;
      return;
    case "ended":
      call.costNanoUsd = amount;
  }
  // What was released before it was started stays as if it had never been.
  const isNothing = word === "released" && call.state === "reserved";
  if (!isNothing) call.state = word;
}
