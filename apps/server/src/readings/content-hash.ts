/** Of longer payloads only the beginning and the end are looked at: with the length they tell messages apart. */
const LOOKED_AT = 2_048;

/**
 * 8 bytes that tell a message's content from that of another one under the same packet id. Not cryptographic: it only
 * has to recognise a redelivery among some thousand messages.
 */
export function contentHash(topic: string, payload: Uint8Array): Uint8Array {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9 ^ payload.length;
  for (let i = 0; i < topic.length; i++) {
    const code = topic.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x85ebca6b) ^ (b >>> 15);
  }
  const head = Math.min(payload.length, LOOKED_AT);
  for (let i = 0; i < head; i++) {
    const byte = payload[i] as number;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b + byte, 0x85ebca6b) ^ (b >>> 15);
  }
  for (let i = Math.max(head, payload.length - LOOKED_AT); i < payload.length; i++) {
    const byte = payload[i] as number;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b + byte, 0x85ebca6b) ^ (b >>> 15);
  }
  const bytes = new Uint8Array(8);
  for (let i = 0; i < 4; i++) {
    bytes[i] = a >>> (i * 8);
    bytes[i + 4] = b >>> (i * 8);
  }
  return bytes;
}
