/** A payload as people read it. */
export interface ShownPayload {
  kind: 'json' | 'text' | 'hex' | 'empty';
  text: string;
  bytes: number;
}

/** Bytes of a hex dump; the rest is told by its number. */
const HEX_BYTES = 4_096;
const ROW = 8;

/** base64 → JSON with indents where it is JSON, text where it is UTF-8 that can be printed, else a hex dump. */
export function showPayload(base64: string): ShownPayload {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  if (bytes.length === 0) return { kind: 'empty', text: '', bytes: 0 };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { kind: 'hex', text: hexDump(bytes), bytes: bytes.length };
  }
  try {
    return { kind: 'json', text: JSON.stringify(JSON.parse(text), null, 2), bytes: bytes.length };
  } catch {
    return hasControls(text)
      ? { kind: 'hex', text: hexDump(bytes), bytes: bytes.length }
      : { kind: 'text', text, bytes: bytes.length };
  }
}

/** Control characters but tab and line ends: a binary protocol that happens to be UTF-8. */
function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return true;
  }
  return false;
}

function hexDump(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let from = 0; from < Math.min(bytes.length, HEX_BYTES); from += ROW) {
    const row = [...bytes.subarray(from, from + ROW)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const letters = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    rows.push(`${from.toString(16).padStart(4, '0')}  ${hex.padEnd(ROW * 3 - 1)}  ${letters}`);
  }
  if (bytes.length > HEX_BYTES) rows.push(`… + ${bytes.length - HEX_BYTES}`);
  return rows.join('\n');
}
