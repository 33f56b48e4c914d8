import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { type ExceptionName, exceptionNames } from "../../../emulator/exceptions.ts";
import { type FaultCatalogueEntry, faultCatalogue } from "../../../emulator/fault-catalogue.ts";
import type { FaultAction } from "../../../emulator/fault-rule.ts";
import type { JournalEntry, JournalKind } from "../../../emulator/journal.ts";
import { UsageSource } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Delivery } from "../../../server/core/call.ts";
import { GatewayError, reasonName } from "../../../server/core/error.ts";
import type { Provider } from "../../../server/core/provider.ts";
import { createOpenAiProvider } from "../../../server/providers/openai/provider.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { ask, deliveries, says } from "./openai-asker.ts";

const throttled = "ResourceExhausted PROVIDER_THROTTLED same-endpoint";
const noQuota = "ResourceExhausted PROVIDER_QUOTA_EXHAUSTED other-endpoint";
const unavailable = "Unavailable PROVIDER_UNAVAILABLE same-endpoint";
const wrongAddress = "Unavailable PROVIDER_UNAVAILABLE other-endpoint";
const timeout = "Unavailable PROVIDER_TIMEOUT other-endpoint";
const rejected = "InvalidArgument PROVIDER_REJECTED never";
const denied = "FailedPrecondition PROVIDER_ACCESS_DENIED other-endpoint";
const notFound = "NotFound MODEL_NOT_FOUND other-endpoint";
const credentials = "Unavailable PROVIDER_CREDENTIALS other-endpoint";
const malformed = "DataLoss PROVIDER_MALFORMED_RESPONSE other-endpoint";
const cancelled = "Canceled CANCELLED never";

const byException: Readonly<Record<ExceptionName, string>> = {
  AccessDeniedException: denied,
  ConflictException: unavailable,
  InternalServerException: unavailable,
  ModelErrorException: unavailable,
  ModelNotReadyException: unavailable,
  ModelStreamErrorException: unavailable,
  ModelTimeoutException: timeout,
  ResourceNotFoundException: notFound,
  ServiceQuotaExceededException: noQuota,
  ServiceUnavailableException: unavailable,
  ThrottlingException: throttled,
  ValidationException: rejected,
  ExpiredTokenException: credentials,
  UnrecognizedClientException: credentials,
  InvalidSignatureException: credentials,
  IncompleteSignature: credentials,
  MissingAuthenticationTokenException: credentials,
  MissingAuthenticationToken: credentials,
  RequestExpired: credentials,
  InvalidClientTokenId: credentials,
  InternalFailure: unavailable,
  FTUFormNotFilled: denied,
  MPAgreementBeingCreated: denied,
  UnknownOperationException: wrongAddress,
};

/** What each fault must become. Faults that are not named here leave the answer whole. */
function outcomeOf(action: FaultAction, delivery: Delivery): string {
  switch (action.kind) {
    case "exception": {
      // Inside a stream there is no status: what only that explains is the caller's mistake, by its type.
      const isInStream = action.at !== "response";
      const isByStatus = isInStream && action.exception === "UnknownOperationException";
      return isByStatus ? rejected : byException[action.exception];
    }
    case "in-band-error":
    case "error-frame":
    case "html-503":
    case "reset":
      return unavailable;
    case "truncated-body":
      return unavailable;
    case "truncated-frame":
    case "bad-crc":
    case "clean-end":
    case "broken-json-body":
    case "empty-body":
      return malformed;
    case "stall":
      return cancelled;
    default:
      return `answer ${delivery}`;
  }
}

interface Row extends FaultCatalogueEntry {
  readonly model: string;
}

const rows: readonly Row[] = faultCatalogue.map((entry, at) => ({
  ...entry,
  model: `gpt-emulator-${at}`,
}));

describe("every fault of OpenAI ends in the right typed error", () => {
  let emulator: Emulator;
  let provider: Provider;
  before(async () => {
    emulator = await createEmulator();
    provider = createOpenAiProvider({ apiKey: "sk-emulator", baseUrl: `${emulator.url}/v1` });
    emulator.setFaults(
      rows.flatMap(({ model, unary, stream }) =>
        [unary, stream].flatMap((rule) => (rule ? [{ ...rule, modelId: model }] : [])),
      ),
    );
  });
  after(async () => {
    provider.close();
    await emulator.close();
  });

  for (const row of rows) {
    for (const delivery of deliveries) {
      const rule = row[delivery];
      if (rule === undefined) continue;
      const expected = outcomeOf(rule.action, delivery);
      it(`${row.name}, ${delivery}: ${expected}`, async () => {
        assert.equal(await strike(row.model, rule.action, delivery), expected);
      });
    }
  }

  /** Faults that wait are ended by the caller, or let go, as soon as they have struck. */
  async function strike(model: string, { kind }: FaultAction, delivery: Delivery): Promise<string> {
    const leaving = new AbortController();
    const isHere = (entry: JournalEntry) => entry.modelId === model && entry.operation === delivery;
    const struck = (word: JournalKind) =>
      emulator.journal.waitFor((entry) => entry.kind === word && isHere(entry));
    if (kind === "stall") void struck("fault").then(() => leaving.abort());
    if (kind === "pause") void struck("paused").then(({ callId }) => emulator.release(callId));
    const options = { endpoint: { model }, signal: leaving.signal };
    try {
      const { content, usage } = await ask(provider, delivery, says("Write 12 words."), options);
      assert.equal(content.split(" ").length, 12);
      assert.ok((usage?.inputTokens ?? 0) > 0 && (usage?.outputTokens ?? 0) > 0);
      return `answer ${delivery}`;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return `${Code[error.code]} ${reasonName(error.reason)} ${error.retry}`;
    }
  }

  it("and the table has every exception that the emulator knows", () => {
    assert.deepEqual(Object.keys(byException).sort(), [...exceptionNames].sort());
  });

  for (const delivery of deliveries) {
    it(`${delivery}: an answer without counts is estimated, and says so`, async () => {
      emulator.addFault({ modelId: "gpt-emulator-x", action: { kind: "missing-usage" } });
      const { usage } = await ask(
        provider,
        delivery,
        {},
        { endpoint: { model: "gpt-emulator-x" } },
      );
      assert.equal(usage?.source, UsageSource.ESTIMATED);
    });

    for (const [code, expected] of [
      ["insufficient_quota", noQuota],
      ["context_length_exceeded", rejected],
      ["invalid_prompt", rejected],
      ["invalid_api_key", credentials],
      ["server_error", unavailable],
      ["a_code_of_tomorrow", throttled],
    ] as const) {
      it(`${delivery}: the code ${code} is ${expected}`, async () => {
        const model = `gpt-emulator-${code}`;
        const action = { kind: "exception", exception: "ThrottlingException", code } as const;
        emulator.addFault({ modelId: model, operation: delivery, action });
        const error = await refusalOf(() => ask(provider, delivery, {}, { endpoint: { model } }));
        assert.equal(`${Code[error.code]} ${reasonName(error.reason)} ${error.retry}`, expected);
        assert.match(error.providerRequestId ?? "", /^[0-9a-f-]{36}$/);
      });
    }

    it(`${delivery}: tells how long to wait, by header or by the limit that is used up`, async () => {
      const model = `gpt-emulator-wait-${delivery}`;
      const action = { kind: "exception", exception: "ThrottlingException" } as const;
      emulator.addFault({ modelId: model, nthCall: 1, action });
      emulator.addFault({
        modelId: model,
        nthCall: 2,
        action: { ...action, retryAfterSeconds: 3 },
      });
      const refused = () => refusalOf(() => ask(provider, delivery, {}, { endpoint: { model } }));
      assert.equal((await refused()).retryAfterMs, 20_000);
      assert.equal((await refused()).retryAfterMs, 3000);
      assert.equal(
        (await ask(provider, delivery, {}, { endpoint: { model } })).content,
        "The capital of France is Paris.",
      );
    });
  }
});
