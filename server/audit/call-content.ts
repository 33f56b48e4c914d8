import { trace } from "@opentelemetry/api";
import {
  type CompleteRequest,
  type ContentBlock,
  Direction,
  type Redaction,
  RedactionAction,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call } from "../core/call.ts";
import { enumWords } from "../core/enum-words.ts";

/** Who asked for what, in the words of an entry. Members that are not set are left out. */
export interface CallContent {
  readonly rpc: "Complete" | "CompleteStream";
  /** What the door spoke. */
  readonly protocol?: string | undefined;
  readonly principal: string;
  readonly tenant?: string | undefined;
  /** The id of the licence key. */
  readonly keyId?: string | undefined;
  /** The caller's address. */
  readonly source?: string | undefined;
  /** The SHA-256 of the caller's certificate, in hex. */
  readonly certificate?: string | undefined;
  /** OpenTelemetry's, in hex. */
  readonly traceId?: string | undefined;
  /** As they were asked for; left out where the caller left it to the gateway. */
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly user?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The hash of the configuration in force. */
  readonly configuration: string;
  /** Personal data that was found on the way in. */
  readonly redactions?: readonly RedactionContent[] | undefined;
}

/** How often a kind of personal data was found, and what was done with it. */
export interface RedactionContent {
  readonly entity: string;
  readonly direction: string;
  readonly action: string;
  readonly count: number;
}

const directions = enumWords<Direction>(Direction);
const actions = enumWords<RedactionAction>(RedactionAction);

export function callContent(
  { principal, request, delivery, origin, context }: Call,
  configuration: string,
  redactions: readonly Redaction[] = [],
): CallContent {
  const { model, provider, user, tags } = request;
  return {
    rpc: delivery === "unary" ? "Complete" : "CompleteStream",
    protocol: origin?.protocol,
    principal: principal.name,
    tenant: principal.tenant || undefined,
    keyId: principal.keyId,
    source: origin?.address || undefined,
    certificate: origin?.certificate,
    traceId: trace.getSpanContext(context)?.traceId,
    model: model || undefined,
    provider: provider || undefined,
    user: user || undefined,
    tags: Object.keys(tags).length > 0 ? tags : undefined,
    configuration,
    redactions: redactionContents(redactions),
  };
}

export function redactionContents(
  redactions: readonly Redaction[],
): readonly RedactionContent[] | undefined {
  if (redactions.length === 0) return undefined;
  return redactions.map(({ entity, direction, action, count }) => ({
    entity,
    direction: directions.wordOf(direction),
    action: actions.wordOf(action),
    count,
  }));
}

/**
 * The text of a request whose HMAC is written down: the system's words, then all texts of the conversation in their order,
 * joined by line feeds. A prompt alone is its own text.
 */
export function promptText({ system, messages }: CompleteRequest): string {
  const texts = messages.flatMap(({ content }) => textsOf(content));
  return system === "" ? texts.join("\n") : [system, ...texts].join("\n");
}

function textsOf(blocks: readonly ContentBlock[]): string[] {
  return blocks.flatMap(({ block }) => {
    if (block.case === "text") return block.value.text;
    return block.case === "toolResult" ? textsOf(block.value.content) : [];
  });
}
