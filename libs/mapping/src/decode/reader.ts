import { DecodeError } from '../failure.js';

/** Reads a frame from front to back; what is not there any more is a `DecodeError` that says where. */
export class Reader {
  at = 0;
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    /** what is being read, for the sentence */
    private readonly what = 'the payload',
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Steps over so many bytes and says where they begin. */
  step(count: number): number {
    const { at } = this;
    if (!(count >= 0) || count > this.left) {
      throw new DecodeError(`${this.what} ends at byte ${this.bytes.length}; ${count} are needed at byte ${at}`);
    }
    this.at += count;
    return at;
  }

  take(count: number): Uint8Array {
    const from = this.step(count);
    return this.bytes.subarray(from, from + count);
  }

  u8(): number {
    return this.view.getUint8(this.step(1));
  }

  u16(little = false): number {
    return this.view.getUint16(this.step(2), little);
  }

  u32(little = false): number {
    return this.view.getUint32(this.step(4), little);
  }
}

/** Digits of binary coded decimals; null where a half byte is none. */
export function bcdDigits(bytes: Uint8Array): string | null {
  let text = '';
  for (const byte of bytes) {
    if (byte >> 4 > 9 || (byte & 15) > 9) return null;
    text += String(byte >> 4) + String(byte & 15);
  }
  return text;
}

/** Bytes as text, one character a byte. */
export function latin(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Text up to the first NUL, without blanks at its ends: how fixed-length fields hold names. */
export function padded(text: string): string {
  const end = text.indexOf('\u0000');
  return (end < 0 ? text : text.slice(0, end)).trim();
}
