import { Code, createGatewayClient, isGatewayCallError } from "../../../client/sdk/browser.ts";
import type { PageOutcome } from "./outcome.ts";

/* The page: plays the scenario that its address names, and posts what came of it to its own server. */
const address = new URLSearchParams(location.search);
const client = createGatewayClient({
  url: address.get("gateway") ?? "",
  licenseKey: address.get("key") ?? "",
  transport: address.get("protocol") === "grpc-web" ? "grpc-web" : "connect",
});

const prompt = "What is the capital of France?";

const scenarios: Readonly<Record<string, () => Promise<PageOutcome>>> = {
  async complete() {
    const { content } = await client.complete({ prompt });
    return { content };
  },

  async stream() {
    const pieces: string[] = [];
    for await (const piece of client.stream({ prompt })) pieces.push(piece);
    return { pieces };
  },

  // The answer pauses after a few tokens, so a piece arrives only if nothing holds it back.
  async cancel() {
    const pieces: string[] = [];
    for await (const piece of client.stream({ prompt: "Count to 100" })) {
      pieces.push(piece);
      break;
    }
    return { pieces };
  },

  async "bad-field"() {
    const { content } = await client.complete({ prompt, maxTokens: 0 });
    return { content };
  },
};

/** What a failed call says of itself; its details arrive only if the gateway lets pages read them. */
function described(error: unknown): PageOutcome {
  if (!isGatewayCallError(error)) return { failed: { code: String(error) } };
  const { code, reason, requestId, violations } = error;
  return { failed: { code: Code[code], reason, requestId, violations } };
}

const play = scenarios[address.get("scenario") ?? ""];
const outcome = await play?.().catch(described);
await fetch("/outcome", { method: "POST", body: JSON.stringify(outcome ?? null) });
