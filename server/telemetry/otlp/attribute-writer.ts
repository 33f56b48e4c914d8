import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { ByteWriter } from "./byte-writer.ts";

/** Writes attributes as repeated `KeyValue` of one field. */
export type WriteAttributes = (writer: ByteWriter, attributes: Attributes) => void;

/** Keys beyond this are not ours; they are written, and not kept. */
const mostKeys = 256;

/** A key with more values than this, such as a request id, hardly has the same one again. */
const mostValues = 256;

/**
 * Attributes repeat from span to span, key and value: what was written once is kept and copied from then on. `tag` is the
 * field's number and wire type.
 */
export function createAttributeWriter(tag: number): WriteAttributes {
  const kept = new Map<string, Map<unknown, Uint8Array>>();
  const scratch = new ByteWriter();

  const encoded = (key: string, value: unknown): Uint8Array => {
    scratch.byte(tag);
    const start = scratch.begin();
    scratch.byte(0x0a);
    scratch.text(key);
    scratch.byte(0x12);
    writeValue(scratch, value);
    scratch.end(start);
    return scratch.finish();
  };
  const valuesOf = (key: string): Map<unknown, Uint8Array> | undefined => {
    const known = kept.get(key);
    if (known || kept.size >= mostKeys) return known;
    const values = new Map<unknown, Uint8Array>();
    kept.set(key, values);
    return values;
  };

  return (writer, attributes) => {
    for (const key in attributes) {
      const value = attributes[key];
      const values = typeof value === "object" ? undefined : valuesOf(key);
      let bytes = values?.get(value);
      if (!bytes) {
        bytes = encoded(key, value);
        if (values && values.size < mostValues) values.set(value, bytes);
      }
      writer.raw(bytes);
    }
  };
}

/** `AnyValue` with its length. */
function writeValue(writer: ByteWriter, value: AttributeValue | unknown): void {
  const start = writer.begin();
  if (typeof value === "string") {
    writer.byte(0x0a);
    writer.text(value);
  } else if (typeof value === "boolean") {
    writer.byte(0x10);
    writer.byte(value ? 1 : 0);
  } else if (typeof value === "number") {
    writeNumber(writer, value);
  } else if (Array.isArray(value)) {
    writer.byte(0x2a);
    const list = writer.begin();
    for (const item of value) {
      writer.byte(0x0a);
      writeValue(writer, item);
    }
    writer.end(list);
  }
  writer.end(start);
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) {
    writer.byte(0x18);
    writer.int64(value);
  } else {
    writer.byte(0x21);
    writer.double(value);
  }
}
