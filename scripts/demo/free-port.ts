import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { DemoError } from "./demo-error.ts";

/** The port itself if nobody listens on it, or any free one for 0; otherwise a DemoError that names port and flag. */
export async function freePort(port: number, flag: string): Promise<number> {
  const probe = createServer();
  try {
    await once(probe.listen(port, "127.0.0.1"), "listening");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    const why = code === "EADDRINUSE" ? "is taken" : `cannot be used (${code})`;
    throw new DemoError(
      `Port ${port} ${why}. Choose another one: npm run demo -- ${flag} PORT (0 takes any free port).`,
    );
  }
  const { port: free } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}
