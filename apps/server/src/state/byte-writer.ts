/** Bytes of a fixed-width field, at most. */
const FIELD = 9;

/**
 * A growing buffer that is written once and handed out as a copy; reused for the next batch. Fixed-width fields are
 * written without a look at the room that is left: `reserve` comes first, once for many of them. Texts make their own room.
 */
export class ByteWriter {
  private bytes: Buffer;
  private view: DataView;
  /** where the next byte goes */
  position = 0;

  constructor(size = 1 << 16) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.view = viewOf(this.bytes);
  }

  /** Makes room for so many fixed-width fields. */
  reserve(fields: number): void {
    this.room(fields * FIELD);
  }

  private room(more: number): void {
    const need = this.position + more;
    if (need <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(need, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.position);
    this.bytes = grown;
    this.view = viewOf(grown);
  }

  u8(value: number): void {
    this.bytes[this.position++] = value;
  }

  u16(value: number): void {
    this.view.setUint16(this.position, value, true);
    this.position += 2;
  }

  u32(value: number): void {
    this.view.setUint32(this.position, value, true);
    this.position += 4;
  }

  f64(value: number): void {
    this.view.setFloat64(this.position, value, true);
    this.position += 8;
  }

  /** Overwrites a byte written before. */
  patchU8(value: number, at: number): void {
    this.bytes[at] = value;
  }

  /** Overwrites a u32 written before. */
  patchU32(value: number, at: number): void {
    this.view.setUint32(at, value, true);
  }

  /** Overwrites a u16 written before. */
  patchU16(value: number, at: number): void {
    this.view.setUint16(at, value, true);
  }

  /** UTF-8 without a length; returns the number of bytes. */
  utf8(text: string): number {
    const length = text.length;
    this.room(length * 3);
    const start = this.position;
    if (length < 48) {
      // Names are short and mostly ASCII: cheaper here than the way into the runtime.
      const { bytes } = this;
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 127) break;
        bytes[start + i] = code;
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
    this.room(FIELD);
    const at = this.position;
    if (length > 10 && length * 3 > 255) {
      // Long ones: a fixed width of the length, filled in afterwards.
      this.bytes[at] = 0xdb;
      this.position = at + 5;
      const written = this.utf8(text);
      this.view.setUint32(at + 1, written);
    } else if (length < 11) {
      this.position = at + 1;
      const written = this.utf8(text);
      this.bytes[at] = 0xa0 | written;
    } else {
      this.position = at + 2;
      const written = this.utf8(text);
      this.bytes[at] = 0xd9;
      this.bytes[at + 1] = written;
    }
  }

  /** msgpack number: the shortest of fixint, int32 and float64 */
  number(value: number): void {
    const at = this.position;
    if ((value | 0) === value && (value !== 0 || !Object.is(value, -0))) {
      if (value >= 0 && value <= 127) {
        this.bytes[at] = value;
        this.position = at + 1;
        return;
      }
      this.bytes[at] = 0xd2;
      this.view.setInt32(at + 1, value);
      this.position = at + 5;
      return;
    }
    this.bytes[at] = 0xcb;
    this.view.setFloat64(at + 1, value);
    this.position = at + 9;
  }

  /** 32-bit FNV-1a of what was written from `start` to here. */
  hashFrom(start: number): number {
    const { bytes, position } = this;
    let hash = 0x811c9dc5;
    for (let i = start; i < position; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    return hash >>> 0;
  }

  /** What was written; a copy, because the buffer is used again. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.position));
    this.position = 0;
    return taken;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
