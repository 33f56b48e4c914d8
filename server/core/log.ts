/** Facts of one line, for machines. Never secrets, never text of a prompt or an answer. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where lines go. pino's logger is one; so is anything with these methods. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
