/** Writes Protobuf's wire format into memory that grows and is used again. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #view = viewOf(this.#buffer);
  #position = 0;

  /** What was written, as a copy; the writer is empty again. */
  finish(): Uint8Array {
    const written = Uint8Array.prototype.slice.call(this.#buffer, 0, this.#position);
    this.#position = 0;
    return written;
  }

  /** A field's number and wire type in one byte: for fields up to 15. */
  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#position++] = value;
  }

  varint(value: number): void {
    this.#reserve(10);
    let left = value;
    for (; left > 0x7f; left = Math.floor(left / 128)) {
      this.#buffer[this.#position++] = (left % 128) | 0x80;
    }
    this.#buffer[this.#position++] = left;
  }

  /** A whole number of either sign, as int64: negative ones take ten bytes. */
  int64(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    this.#reserve(10);
    let left = BigInt.asUintN(64, BigInt(value));
    for (; left > 0x7fn; left >>= 7n) this.#buffer[this.#position++] = Number(left & 0x7fn) | 0x80;
    this.#buffer[this.#position++] = Number(left);
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#position, value, true);
    this.#position += 4;
  }

  /** The time as nanoseconds since 1970, from seconds and nanoseconds. */
  fixed64([seconds, nanoseconds]: readonly [number, number]): void {
    this.#reserve(8);
    // In 32-bit halves: a BigInt for each would cost more than the rest of the span's numbers together.
    const low = (seconds % 0x1_0000) * 1e9 + nanoseconds;
    const high = Math.floor(seconds / 0x1_0000) * 1e9;
    const lower = (high % 0x1_0000) * 0x1_0000 + low;
    this.#view.setUint32(this.#position, lower % 0x1_0000_0000, true);
    const carried = Math.floor(high / 0x1_0000) + Math.floor(lower / 0x1_0000_0000);
    this.#view.setUint32(this.#position + 4, carried, true);
    this.#position += 8;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#position, value, true);
    this.#position += 8;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** The bytes that hexadecimal digits stand for, with their number before them. */
  hex(digits: string): void {
    const length = digits.length / 2;
    this.varint(length);
    this.#reserve(length);
    this.#position += this.#buffer.write(digits, this.#position, "hex");
  }

  /** UTF-8 with its length before it. */
  text(value: string): void {
    const start = this.begin();
    this.#reserve(value.length * 3);
    this.#position += this.#buffer.write(value, this.#position);
    this.end(start);
  }

  /** Leaves room for the length of what follows; `end` fills it in. */
  begin(): number {
    this.#reserve(1);
    return ++this.#position;
  }

  end(start: number): void {
    const length = this.#position - start;
    if (length < 0x80) {
      this.#buffer[start - 1] = length;
      return;
    }
    const more = varintBytes(length) - 1;
    this.#reserve(more);
    this.#buffer.copyWithin(start + more, start, this.#position);
    this.#position = start - 1;
    this.varint(length);
    this.#position += length;
  }

  #reserve(bytes: number): void {
    if (this.#position + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#position + bytes));
    larger.set(this.#buffer.subarray(0, this.#position));
    this.#buffer = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let left = value; left > 0x7f; left = Math.floor(left / 128)) bytes += 1;
  return bytes;
}
