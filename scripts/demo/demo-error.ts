/** The demo cannot go on; its message is the one clear line that says why. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}
