import { readdirSync, readFileSync } from "node:fs";
import type { Query } from "../../server/storage/postgres/database.ts";

/** Processor time of a PostgreSQL on this machine, all its processes together, in microseconds (Linux: /proc). */
export async function databaseCpuUs(query: Query): Promise<number> {
  const [row] = await query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const postmaster = statOf(String(row?.pid)).parent;
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const { parent, own, ended } = statOf(pid);
    if (pid === postmaster) ticks += own + ended;
    else if (parent === postmaster) ticks += own;
  }
  return ticks * tickUs;
}

/** Processor time of one process, all its threads together, in microseconds. */
export function processCpuUs(pid: number): number {
  return statOf(String(pid)).own * tickUs;
}

/** A hundredth of a second. */
const tickUs = 10_000;

function statOf(pid: string) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [, parent = ""] = fields;
    return {
      parent,
      own: Number(fields[11]) + Number(fields[12]),
      ended: Number(fields[13]) + Number(fields[14]),
    };
  } catch {
    // It ended while we looked.
    return { parent: "", own: 0, ended: 0 };
  }
}
