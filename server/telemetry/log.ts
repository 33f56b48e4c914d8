import { pino } from "pino";
import type { Log } from "../core/log.ts";

/** JSON lines on standard output, from `level` upwards (`LOG_LEVEL`). */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
