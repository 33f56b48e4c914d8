/** The file cannot be used as it is configured; asking again does not help. */
export class SqliteRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SqliteRefused";
  }
}
