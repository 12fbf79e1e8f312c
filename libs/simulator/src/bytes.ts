/** Packed binary payloads: a list of fields, each a kind and a number. */

interface FieldKind {
  size: number;
  write(view: DataView, offset: number, value: number): void;
}

export const BYTE_FIELDS: Record<string, FieldKind> = {
  u8: { size: 1, write: (view, offset, value) => view.setUint8(offset, value) },
  i8: { size: 1, write: (view, offset, value) => view.setInt8(offset, value) },
  u16be: { size: 2, write: (view, offset, value) => view.setUint16(offset, value) },
  u16le: { size: 2, write: (view, offset, value) => view.setUint16(offset, value, true) },
  i16be: { size: 2, write: (view, offset, value) => view.setInt16(offset, value) },
  i16le: { size: 2, write: (view, offset, value) => view.setInt16(offset, value, true) },
  u32be: { size: 4, write: (view, offset, value) => view.setUint32(offset, value) },
  u32le: { size: 4, write: (view, offset, value) => view.setUint32(offset, value, true) },
};

/** The bytes of the fields, one after the other. Unknown kinds throw RangeError. */
export function packBytes(fields: readonly (readonly [kind: string, value: number])[]): Uint8Array {
  const kinds = fields.map(([kind]) => {
    const known = Object.hasOwn(BYTE_FIELDS, kind) ? BYTE_FIELDS[kind] : undefined;
    if (known === undefined) throw new RangeError(`no byte field is called ${kind}`);
    return known;
  });
  const bytes = new Uint8Array(kinds.reduce((size, kind) => size + kind.size, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  fields.forEach(([, value], index) => {
    const kind = kinds[index]!;
    kind.write(view, offset, Math.round(value));
    offset += kind.size;
  });
  return bytes;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toBase64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += ALPHABET[(word >> 18) & 63];
    out += ALPHABET[(word >> 12) & 63];
    out += left > 1 ? ALPHABET[(word >> 6) & 63] : '=';
    out += left > 2 ? ALPHABET[word & 63] : '=';
  }
  return out;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
