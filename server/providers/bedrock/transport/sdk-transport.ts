import {
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  InvokeModelCommand,
  type InvokeModelCommandInput,
  InvokeModelWithResponseStreamCommand,
  type ResponseStream,
} from "@aws-sdk/client-bedrock-runtime";
import { malformed } from "../../codec-parts/malformed.ts";
import { type BedrockClientOptions, createBedrockClient } from "../client.ts";
import { withRequestId } from "../response-headers.ts";
import { latencyWord, serviceTierWord } from "./aws-words.ts";
import { fromSdkOutput, toSdkInput } from "./converse-blobs.ts";
import { readJson } from "./read-json.ts";
import { sendHeaders } from "./sdk-headers.ts";
import { rememberHeads } from "./sdk-heads.ts";
import type { AnswerHead, BedrockRequest, Transport } from "./transport.ts";

/** The AWS SDK's own client, for those who want nothing else between them and AWS. Costs some 300 µs of CPU a call. */
export function createSdkTransport(options: BedrockClientOptions): Transport {
  const client = createBedrockClient(options);
  const heads = rememberHeads(client);
  const headers = sendHeaders(client);

  const trace = ({ input }: { readonly input: object }, { traceHeaders }: BedrockRequest) => {
    if (traceHeaders) headers.add(input, traceHeaders);
  };

  /** Asks, and gives the output with the response's head. */
  async function ask<I extends object, O>(
    command: { readonly input: I },
    answer: Promise<O>,
  ): Promise<{ output: O; head: AnswerHead }> {
    try {
      return { output: await answer, head: heads.of(command.input) };
    } catch (error) {
      // The SDK forgets the id for an error inside a stream, the first frame included.
      throw withRequestId(error, heads.of(command.input).requestId);
    }
  }

  return {
    async whole(request, abortSignal) {
      if (request.api === "converse") {
        const command = new ConverseCommand(converseInput(request));
        trace(command, request);
        const { output, head } = await ask(command, client.send(command, { abortSignal }));
        const { $metadata: _, ...body } = output;
        return { ...head, body: fromSdkOutput(body) };
      }
      const command = new InvokeModelCommand(invokeInput(request));
      trace(command, request);
      const { output, head } = await ask(command, client.send(command, { abortSignal }));
      return { ...head, body: readJson(textOf(output.body), head.requestId) };
    },

    async stream(request, abortSignal) {
      if (request.api === "converse") {
        const command = new ConverseStreamCommand(converseInput(request));
        trace(command, request);
        const { output, head } = await ask(command, client.send(command, { abortSignal }));
        return { ...head, batches: converseBatches(whatCame(output.stream)) };
      }
      const command = new InvokeModelWithResponseStreamCommand(invokeInput(request));
      trace(command, request);
      const { output, head } = await ask(command, client.send(command, { abortSignal }));
      return { ...head, batches: invokeBatches(whatCame(output.body)) };
    },

    close: () => client.destroy(),
  };
}

function invokeInput({ model, body, options }: BedrockRequest): InvokeModelCommandInput {
  const { guardrail, serviceTier, latencyProfile } = options;
  return {
    modelId: model,
    contentType: "application/json",
    accept: "application/json",
    body,
    guardrailIdentifier: guardrail?.id,
    guardrailVersion: guardrail?.version,
    serviceTier: serviceTierWord(serviceTier),
    performanceConfigLatency: latencyWord(latencyProfile),
  };
}

function converseInput({ model, body }: BedrockRequest): ConverseCommandInput {
  return { ...(toSdkInput(JSON.parse(body)) as object), modelId: model } as ConverseCommandInput;
}

function whatCame<T>(stream: T | undefined): T {
  if (!stream) throw malformed("The provider sent no stream.");
  return stream;
}

/** The SDK gives one event at a time, whatever came together. */
async function* invokeBatches(stream: AsyncIterable<ResponseStream>) {
  for await (const { chunk } of stream) {
    if (chunk?.bytes) yield [readJson(textOf(chunk.bytes))];
  }
}

async function* converseBatches(stream: AsyncIterable<ConverseStreamOutput>) {
  for await (const event of stream) {
    if (!event.$unknown) yield [fromSdkOutput(event)];
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
