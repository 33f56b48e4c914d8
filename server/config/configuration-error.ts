/** Something in the configuration must be mended before the gateway can start. Its message lists every problem. */
export class ConfigurationError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigurationError";
  }
}
