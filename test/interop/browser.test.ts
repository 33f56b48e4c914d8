import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { PageOutcome } from "./browser/outcome.ts";
import { answer, uuid } from "./support/answer.ts";
import { openPage, requireChromium } from "./support/chromium.ts";
import { licenseKey } from "./support/gateway.ts";
import { type PageServer, startPageServer } from "./support/page-server.ts";
import { runWell } from "./support/program.ts";
import { type Stack, useStack } from "./support/stack.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { esbuild, requireProgram } from "./support/toolchain.ts";

const limit = { timeout: 60_000 };

describe("a page in Chromium, from another origin, with the SDK's browser entry", () => {
  const folder = useTemporaryFolder("chromium");
  let server: PageServer | undefined;
  before(async () => {
    await requireChromium();
    server = await startPageServer(await bundlePage());
  });
  after(() => server?.close());
  const stack = useStack(async () => ({
    AXONFLOW_CORS_ORIGINS: `http://127.0.0.1:${server?.port}`,
  }));

  const visit = async (protocol: Protocol, scenario: string, options: VisitOptions = {}) => {
    const { host = "127.0.0.1", whileOpen } = options;
    assert.ok(server);
    const address = new URLSearchParams({
      scenario,
      protocol,
      gateway: `http://127.0.0.1:${stack().gateway.httpPort}`,
      key: licenseKey,
    });
    const outcome = server.nextOutcome();
    const browser = await openPage(`http://${host}:${server.port}/?${address}`, folder);
    try {
      const posted = await Promise.race([outcome, browser.ended()]);
      await whileOpen?.();
      return posted;
    } finally {
      await browser.stop();
    }
  };

  for (const protocol of ["connect", "grpc-web"] as const) {
    describe(`over ${protocol}`, () => testPage(visit.bind(undefined, protocol), stack));
  }

  test("whose origin is not allowed reaches no model", limit, async () => {
    const { emulator } = stack();
    await emulator.prepare({});
    // The same server by another name is another origin.
    const { failed } = await visit("connect", "complete", { host: "localhost" });
    assert.ok(failed);
    assert.deepEqual(await emulator.journal(), []);
  });
});

type Protocol = "connect" | "grpc-web";

/** Under which name the page is asked for, and what to look at before the browser goes. */
interface VisitOptions {
  readonly host?: string;
  readonly whileOpen?: () => Promise<void>;
}

type Visit = (scenario: string, options?: VisitOptions) => Promise<PageOutcome>;

function testPage(visit: Visit, stack: () => Stack): void {
  test("gets a whole answer", limit, async () => {
    await stack().emulator.prepare({});
    assert.deepEqual(await visit("complete"), { content: answer });
  });

  test("gets the same answer as a stream", limit, async () => {
    await stack().emulator.prepare({});
    const { pieces = [] } = await visit("stream");
    assert.equal(pieces.join(""), answer);
  });

  test("reads pieces while the model still writes; leaving aborts it", limit, async () => {
    const { emulator } = stack();
    await emulator.prepare({ pauseAfterTokens: 4 });
    const whileOpen = async () => {
      const call = await emulator.endedCall();
      assert.partialDeepStrictEqual(call.at(-1), { kind: "aborted", by: "peer" });
    };
    const { pieces = [] } = await visit("cancel", { whileOpen });
    assert.ok(pieces.length > 0 && "1 2 3 4".startsWith(pieces.join("")), `${pieces}`);
  });

  test("reads why a call failed", limit, async () => {
    const { failed } = await visit("bad-field");
    assert.partialDeepStrictEqual(failed, {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
      violations: [{ field: "max_tokens" }],
    });
    assert.match(failed?.requestId ?? "", uuid);
  });
}

/** Bundles the page as an application would. */
async function bundlePage(): Promise<string> {
  await requireProgram(esbuild, ["--version"], "Run npm install.");
  const page = "test/interop/browser/page.ts";
  return runWell(esbuild, [page, "--bundle", "--format=esm", "--log-level=warning"]);
}
