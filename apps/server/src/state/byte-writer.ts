/** A growing buffer that is written once and handed out as a view; reused for the next batch. */
export class ByteWriter {
  private bytes: Buffer;
  /** where the next byte goes */
  position = 0;

  constructor(size = 1 << 16) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    const need = this.position + more;
    if (need <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(need, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.position);
    this.bytes = grown;
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.position++] = value;
  }

  u16(value: number): void {
    this.reserve(2);
    this.position = this.bytes.writeUInt16LE(value, this.position);
  }

  u32(value: number): void {
    this.reserve(4);
    this.position = this.bytes.writeUInt32LE(value, this.position);
  }

  f64(value: number): void {
    this.reserve(8);
    this.position = this.bytes.writeDoubleLE(value, this.position);
  }

  /** Overwrites a byte written before. */
  patchU8(value: number, at: number): void {
    this.bytes[at] = value;
  }

  /** Overwrites a u32 written before. */
  patchU32(value: number, at: number): void {
    this.bytes.writeUInt32LE(value, at);
  }

  /** Overwrites a u16 written before. */
  patchU16(value: number, at: number): void {
    this.bytes.writeUInt16LE(value, at);
  }

  /** UTF-8 without a length; returns the number of bytes. */
  utf8(text: string): number {
    const length = text.length;
    this.reserve(length * 3);
    const start = this.position;
    if (length < 48) {
      // Names are short and mostly ASCII: cheaper here than the way into the runtime.
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 127) break;
        this.bytes[start + i] = code;
      }
      if (i === length) {
        this.position = start + length;
        return length;
      }
    }
    const written = this.bytes.write(text, start);
    this.position = start + written;
    return written;
  }

  /** msgpack text */
  text(text: string): void {
    const length = text.length;
    if (length > 10 && length * 3 > 255) {
      // Long ones: a fixed width of the length, filled in afterwards.
      this.u8(0xdb);
      const at = this.position;
      this.reserve(4);
      this.position += 4;
      const written = this.utf8(text);
      this.bytes.writeUInt32BE(written, at);
      return;
    }
    this.reserve(2);
    const at = this.position;
    this.position += length < 11 ? 1 : 2;
    const written = this.utf8(text);
    if (length < 11) {
      this.bytes[at] = 0xa0 | written;
    } else {
      this.bytes[at] = 0xd9;
      this.bytes[at + 1] = written;
    }
  }

  /** msgpack number: the shortest of fixint, int32 and float64 */
  number(value: number): void {
    if (Number.isInteger(value) && !Object.is(value, -0)) {
      if (value >= 0 && value <= 127) {
        this.u8(value);
        return;
      }
      if (value >= -0x80000000 && value <= 0x7fffffff) {
        this.reserve(5);
        this.bytes[this.position] = 0xd2;
        this.position = this.bytes.writeInt32BE(value, this.position + 1);
        return;
      }
    }
    this.reserve(9);
    this.bytes[this.position] = 0xcb;
    this.position = this.bytes.writeDoubleBE(value, this.position + 1);
  }

  /** 32-bit FNV-1a of what was written from `start` to here. */
  hashFrom(start: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < this.position; i++) hash = Math.imul(hash ^ (this.bytes[i] ?? 0), 0x01000193);
    return hash >>> 0;
  }

  /** What was written; a copy, because the buffer is used again. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.position));
    this.position = 0;
    return taken;
  }
}
