/** The database cannot be used as it is configured; asking again does not help. Its message never has the password. */
export class PostgresRefused extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "PostgresRefused";
  }
}
