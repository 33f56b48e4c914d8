import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** A span as it came over OTLP. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly name: string;
  /** 1 INTERNAL, 2 SERVER, 3 CLIENT (OTLP: trace.proto). */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

type Fields = ReadonlyMap<number, readonly unknown[]>;

/** Every span of an `ExportTraceServiceRequest`; field numbers are those of OTLP's trace.proto and common.proto. */
export function spansOf(body: Uint8Array): OtlpSpan[] {
  return messagesIn(body, 1).flatMap((resourceSpans) =>
    messagesIn(resourceSpans, 2).flatMap((scopeSpans) => messagesIn(scopeSpans, 2).map(spanOf)),
  );
}

/** The `service.name` that the first resource gives itself. */
export function serviceNameOf(body: Uint8Array): unknown {
  const [resource] = messagesIn(body, 1).flatMap((spans) => messagesIn(spans, 1));
  return resource && attributesIn(resource, 1)["service.name"];
}

function spanOf(bytes: Uint8Array): OtlpSpan {
  const fields = read(bytes);
  const hex = (field: number) =>
    Buffer.from((fields.get(field)?.[0] as Uint8Array) ?? []).toString("hex");
  return {
    traceId: hex(1),
    spanId: hex(2),
    parentId: hex(4),
    name: textOf(fields.get(5)?.[0]),
    kind: Number(fields.get(6)?.[0] ?? 0),
    attributes: attributesIn(bytes, 9),
  };
}

function attributesIn(bytes: Uint8Array, field: number): Record<string, string | number | boolean> {
  return Object.fromEntries(
    messagesIn(bytes, field).map((pair) => {
      const fields = read(pair);
      return [textOf(fields.get(1)?.[0]), anyValue(fields.get(2)?.[0] as Uint8Array)];
    }),
  );
}

/** An `AnyValue`: string 1, bool 2, int 3, double 4; lists are not looked at. */
function anyValue(bytes: Uint8Array): string | number | boolean {
  const fields = read(bytes);
  const [text] = fields.get(1) ?? [];
  if (text !== undefined) return textOf(text);
  const [flag] = fields.get(2) ?? [];
  if (flag !== undefined) return Boolean(flag);
  return Number(fields.get(3)?.[0] ?? fields.get(4)?.[0] ?? Number.NaN);
}

function messagesIn(bytes: Uint8Array, field: number): Uint8Array[] {
  return (read(bytes).get(field) ?? []) as Uint8Array[];
}

function textOf(value: unknown): string {
  return Buffer.from((value as Uint8Array) ?? []).toString();
}

/** The fields of a message by number, as bytes or numbers. */
function read(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, unknown[]>();
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const values = fields.get(number) ?? [];
    fields.set(number, values);
    if (wireType === WireType.LengthDelimited) values.push(reader.bytes());
    else if (wireType === WireType.Varint) values.push(Number(reader.int64()));
    else if (wireType === WireType.Bit64 && number === 4) values.push(reader.double());
    else reader.skip(wireType);
  }
  return fields;
}
