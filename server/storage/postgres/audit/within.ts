import type { Clock } from "../../../core/clock.ts";

/** The outcome of `work`, or an error when there is none in time; what it goes on to do is nobody's any more. */
export async function within<T>(waitMs: number, clock: Clock, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const disarm = clock.after(waitMs, () => late.reject(new Error("The database took too long.")));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    disarm();
  }
}
