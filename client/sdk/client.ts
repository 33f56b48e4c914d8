import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  Code,
  type CallOptions as ConnectCallOptions,
  createClient,
  type Transport,
} from "@connectrpc/connect";
import {
  type CompleteRequestSchema,
  type CompleteResponse,
  CompletionService,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type Model, ModelService } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import { type ShadowReport, ShadowService } from "../../gen/axonflow/gateway/v1/shadow_pb.ts";
import { type AdminClient, createAdminClient } from "./admin-client.ts";
import { allPages } from "./all-pages.ts";
import { type AuditClient, createAuditClient } from "./audit-client.ts";
import { type CallOptions, callHeaders, checkTimeout } from "./call-options.ts";
import { type CompletionStream, createCompletionStream } from "./completion-stream.ts";
import { GatewayCallError } from "./gateway-call-error.ts";
import { createKeysClient, type KeysClient } from "./keys-client.ts";
import { createRunningCalls, type RunningCall } from "./running-calls.ts";
import { createUsageClient, type UsageClient } from "./usage-client.ts";

/** A request of the contract, of which only what is needed must be given; a string is its `prompt`. */
export type CompletionRequest = string | MessageInitShape<typeof CompleteRequestSchema>;

/** Which models to list; what is left out does not narrow the list. */
export interface ModelFilter {
  readonly provider?: string | undefined;
  readonly family?: string | undefined;
  /** Who made them, for example `deepseek`. */
  readonly maker?: string | undefined;
}

/** A client of one gateway. Every call that fails ends with a `GatewayCallError`. */
export interface GatewayClient {
  /** Asks for the whole answer in one message. */
  complete(request: CompletionRequest, options?: CallOptions): Promise<CompleteResponse>;
  /** Asks for the answer as it is written. Nothing is sent before the stream is read. */
  stream(request: CompletionRequest, options?: CallOptions): CompletionStream;
  /** The models that can be asked for, page after page; options hold for each page's call. */
  listModels(filter?: ModelFilter, options?: CallOptions): AsyncIterable<Model>;
  /** One model by its name, alias, id, inference profile or ARN. */
  getModel(name: string, options?: CallOptions): Promise<Model>;
  /** What shadow mode has found out; its `enabled` is false where it is off. */
  getShadowReport(options?: CallOptions): Promise<ShadowReport>;
  /** The live state of the gateway, and its levers. */
  readonly admin: AdminClient;
  /** The licence keys that the gateway keeps. */
  readonly keys: KeysClient;
  /** What calls took and cost, and what may still be spent. */
  readonly usage: UsageClient;
  /** What is on record of all that happened. */
  readonly audit: AuditClient;
  /** Cancels what runs and closes the connections. A `Transport` of your own stays open. */
  close(): void;
}

/** What a client is made of, once a protocol has been chosen. */
export interface ClientParts {
  readonly transport: Transport;
  readonly licenseKey: string | undefined;
  /** Closes the transport's connections. */
  readonly disconnect: () => void;
}

/** Makes a client over any transport; `node.ts` and `browser.ts` choose one. */
export function createClientOver(parts: ClientParts): GatewayClient {
  const completions = createClient(CompletionService, parts.transport);
  const models = createClient(ModelService, parts.transport);
  const shadow = createClient(ShadowService, parts.transport);
  const calls = createRunningCalls();

  /** Checks the options at once and gives what begins a call with them. */
  const prepare = ({ timeoutMs, signal, ...named }: CallOptions = {}) => {
    checkTimeout(timeoutMs);
    const sent = callHeaders(named, parts.licenseKey);
    return (): { call: RunningCall; options: ConnectCallOptions } => {
      const call = calls.begin(signal);
      return {
        call,
        options: { signal: call.signal, headers: sent, ...(timeoutMs && { timeoutMs }) },
      };
    };
  };
  const callOnce = async <T>(
    send: (options: ConnectCallOptions) => Promise<T>,
    options: CallOptions | undefined,
  ): Promise<T> => {
    const prepared = prepare(options)();
    try {
      return await send(prepared.options);
    } catch (error) {
      throw GatewayCallError.from(error);
    } finally {
      prepared.call.end();
    }
  };

  const callStream = async function* <T>(
    send: (options: ConnectCallOptions) => AsyncIterable<T>,
    options: CallOptions | undefined,
  ) {
    const prepared = prepare(options)();
    try {
      yield* send(prepared.options);
    } catch (error) {
      throw GatewayCallError.from(error);
    } finally {
      prepared.call.cancel("The reader left the stream before its end.");
      prepared.call.end();
    }
  };

  return {
    complete: (request, options) =>
      callOnce((sent) => completions.complete(asMessage(request), sent), options),
    stream(request, options) {
      const begin = prepare(options);
      return createCompletionStream(() => {
        const begun = begin();
        const events = completions.completeStream(asMessage(request), begun.options);
        return { call: begun.call, events };
      });
    },
    listModels: ({ provider = "", family = "", maker = "" } = {}, options) =>
      allPages(async (pageToken) => {
        const request = { provider, family, maker, pageToken };
        const page = await callOnce((sent) => models.listModels(request, sent), options);
        return { items: page.models, nextPageToken: page.nextPageToken };
      }),
    async getModel(name, options) {
      const { model } = await callOnce((sent) => models.getModel({ model: name }, sent), options);
      if (model) return model;
      throw new GatewayCallError(Code.Internal, `The gateway's answer has no model for ${name}.`);
    },
    async getShadowReport(options) {
      const { report } = await callOnce((sent) => shadow.getShadowReport({}, sent), options);
      if (report) return report;
      throw new GatewayCallError(Code.Internal, "The gateway's answer has no report.");
    },
    admin: createAdminClient(parts.transport, callOnce),
    keys: createKeysClient(parts.transport, callOnce),
    usage: createUsageClient(parts.transport, callOnce),
    audit: createAuditClient(parts.transport, callOnce, callStream),
    close() {
      calls.close();
      parts.disconnect();
    },
  };
}

function asMessage(request: CompletionRequest): MessageInitShape<typeof CompleteRequestSchema> {
  return typeof request === "string" ? { prompt: request } : request;
}
