import { encodeEnvelope } from "./envelope.ts";
import { bytesField, numberField } from "./protobuf.ts";

const requestId = "00000000-0000-4000-8000-000000000000";

/** What the floor says about where an answer comes from. */
export interface Origin {
  readonly model: string;
  readonly provider: string;
  readonly region: string;
}

/** Token counts of an answer. */
export interface Counts {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A CompleteResponse in its envelope. */
export function completeResponse(text: string, counts: Counts, origin: Origin): Buffer {
  const block = bytesField(1, bytesField(1, text));
  return encodeEnvelope(
    Buffer.concat([
      bytesField(1, text),
      bytesField(2, block),
      bytesField(3, origin.model),
      bytesField(4, origin.provider),
      bytesField(5, origin.region),
      numberField(6, 1),
      bytesField(7, "end_turn"),
      bytesField(9, usage(counts)),
      bytesField(15, requestId),
    ]),
  );
}

/** The first event of a stream in its envelope. */
export function startedEvent({ model, provider, region }: Origin): Buffer {
  const started = Buffer.concat([
    bytesField(1, requestId),
    bytesField(2, model),
    bytesField(3, provider),
    bytesField(4, region),
  ]);
  return encodeEnvelope(Buffer.concat([numberField(1, 0), bytesField(2, started)]));
}

/** A piece of text in its envelope, written in one go because there is one for every token. */
export function deltaEvent(sequence: number, text: string): Buffer {
  const textBytes = Buffer.byteLength(text);
  if (textBytes > 100 || sequence >= 0x10_0000) throw new Error("longer than the benchmark's own");
  const sequenceBytes = sequence < 0x80 ? 1 : sequence < 0x4000 ? 2 : 3;
  const messageBytes = 1 + sequenceBytes + 4 + textBytes;
  const envelope = Buffer.allocUnsafe(5 + messageBytes);
  envelope[0] = 0;
  envelope.writeUInt32BE(messageBytes, 1);
  let at = 5;
  envelope[at++] = 0x08;
  for (let rest = sequence, left = sequenceBytes; left > 0; left--, rest >>= 7) {
    envelope[at++] = left > 1 ? (rest & 0x7f) | 0x80 : rest;
  }
  envelope[at++] = 0x1a;
  envelope[at++] = textBytes + 2;
  envelope[at++] = 0x12;
  envelope[at++] = textBytes;
  envelope.write(text, at);
  return envelope;
}

/** The last event of a stream in its envelope. */
export function completedEvent(sequence: number, counts: Counts, origin: Origin): Buffer {
  const completed = Buffer.concat([
    bytesField(1, origin.model),
    bytesField(2, origin.provider),
    bytesField(3, origin.region),
    numberField(4, 1),
    bytesField(5, "end_turn"),
    bytesField(7, usage(counts)),
    bytesField(13, requestId),
  ]);
  return encodeEnvelope(Buffer.concat([numberField(1, sequence), bytesField(5, completed)]));
}

function usage({ inputTokens, outputTokens }: Counts): Buffer {
  return Buffer.concat([
    numberField(1, inputTokens),
    numberField(2, outputTokens),
    numberField(6, 1),
  ]);
}
