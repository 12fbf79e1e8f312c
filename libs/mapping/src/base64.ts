const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SIXTETS = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) SIXTETS[ALPHABET.charCodeAt(i)] = i;
SIXTETS['-'.charCodeAt(0)] = 62;
SIXTETS['_'.charCodeAt(0)] = 63;

/** Bytes of base64 or base64url text, padded or not, white space allowed; null where it is neither (RFC 4648). */
export function fromBase64(text: string): Uint8Array | null {
  const plain = text.replace(/\s+/g, '').replace(/={1,2}$/, '');
  if (plain.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((plain.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < plain.length; i++) {
    const code = plain.charCodeAt(i);
    const six = code < 128 ? (SIXTETS[code] as number) : -1;
    if (six < 0) return null;
    held = ((held << 6) | six) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  return bytes;
}

/** Bytes of hexadecimal text, either case, white space allowed; null where it is none. */
export function fromHex(text: string): Uint8Array | null {
  const plain = text.replace(/\s+/g, '');
  if (plain.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(plain)) return null;
  const bytes = new Uint8Array(plain.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(plain.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Small letters, two a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += (byte < 16 ? '0' : '') + byte.toString(16);
  return text;
}
