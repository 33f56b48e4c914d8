import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from "node:crypto";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type CompleteStreamResponse,
  CompleteStreamResponseSchema,
  StartedSchema,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { RepeatMark } from "../core/call.ts";
import { ordinaryTraits } from "../core/model-traits.ts";
import type { CompletionEvent } from "../core/reply.ts";
import type { KeptAnswer } from "./idempotency-slot.ts";

/** By what gateways share the answer to one request of one principal. */
export interface AnswerSeal {
  /** Where it is: says nothing of whose it is. */
  readonly name: Buffer;
  /** Whether it is the same request. */
  readonly mark: Buffer;
  seal(answer: KeptAnswer): Buffer;
  /** Undefined for bytes that were not sealed by the same request. */
  open(sealed: Buffer): KeptAnswer | undefined;
}

const algorithm = "aes-256-gcm";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * The key comes from what only the caller has: its `idempotency-key`, and the request itself. Who owns the store and has
 * neither cannot read an answer. It is longer than anybody can guess as long as the caller's key is, as a UUID.
 */
export function answerSeal(principal: string, { key, fingerprint }: RepeatMark): AnswerSeal {
  const secret = Buffer.from(`${principal}\n${key}\n${fingerprint}`);
  const cipherKey = () =>
    Buffer.from(hkdfSync("sha256", secret, "", "axonflow-shared-answer/1", keyBytes));
  return {
    name: hash("sha256", `axonflow-answer-name\n${principal}\n${key}`, "buffer"),
    mark: hash("sha256", `axonflow-answer-mark\n${principal}\n${key}\n${fingerprint}`, "buffer"),
    seal(answer) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, cipherKey(), nonce);
      const sealed = [cipher.update(encode(answer)), cipher.final()];
      return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]);
    },
    open(sealed) {
      if (sealed.length < nonceBytes + tagBytes) return undefined;
      const opening = createDecipheriv(algorithm, cipherKey(), sealed.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      opening.setAuthTag(sealed.subarray(-tagBytes));
      try {
        const plain = opening.update(sealed.subarray(nonceBytes, -tagBytes));
        return decode(Buffer.concat([plain, opening.final()]), fingerprint);
      } catch {
        return undefined;
      }
    },
  };
}

/** As a stream of the contract's own messages, each behind its length: first what is known of the reply, then its events. */
function encode({ reply, events }: KeptAnswer): Buffer {
  const { endpoint, hops, replayOf = "", providerRequestId = "" } = reply;
  const { provider, region, model, family } = endpoint;
  const started = create(StartedSchema, { provider, region, model, hops: [...hops], replayOf });
  const messages = [{ case: "started", value: started } as const, ...events].map((event) =>
    toBinary(CompleteStreamResponseSchema, create(CompleteStreamResponseSchema, { event })),
  );
  return Buffer.concat(
    [Buffer.from(family), Buffer.from(providerRequestId), ...messages].flatMap(withLength),
  );
}

function withLength(bytes: Uint8Array): Uint8Array[] {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

function decode(bytes: Buffer, fingerprint: string): KeptAnswer | undefined {
  const [family, providerRequestId, ...messages] = partsOf(bytes);
  const [first, ...rest] = messages.map((each) => fromBinary(CompleteStreamResponseSchema, each));
  if (first?.event.case !== "started") return undefined;
  const { provider, region, model, hops, replayOf } = first.event.value;
  const endpoint = { provider, region, model, family: String(family), traits: ordinaryTraits };
  return {
    fingerprint,
    reply: {
      endpoint,
      hops,
      replayOf: replayOf || undefined,
      providerRequestId: String(providerRequestId) || undefined,
    },
    events: rest.flatMap(eventOf),
  };
}

function eventOf({ event }: CompleteStreamResponse): CompletionEvent[] {
  return event.case === undefined || event.case === "started" ? [] : [event];
}

function partsOf(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return parts;
}
