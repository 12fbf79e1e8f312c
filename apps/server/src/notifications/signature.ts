import { createHmac } from 'node:crypto';

const WHSEC = /^whsec_/;

/** A secret as bytes; one that begins with `whsec_` is base64, as Standard Webhooks has it. */
function keyOf(secret: string): Buffer {
  return WHSEC.test(secret) ? Buffer.from(secret.replace(WHSEC, ''), 'base64') : Buffer.from(secret, 'utf8');
}

/**
 * Signature of a message as Standard Webhooks 1.0 has it: `v1,` and base64 of HMAC-SHA256 over `id.time.body`.
 * @param at Unix s
 */
export function signatureOf(secret: string, id: string, at: number, body: string): string {
  return `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${at}.${body}`).digest('base64')}`;
}

/**
 * 加签 of a 钉钉 bot: base64 of HMAC-SHA256 over time and secret.
 * @param at Unix ms
 */
export function dingtalkSign(secret: string, at: number): string {
  return createHmac('sha256', secret).update(`${at}\n${secret}`).digest('base64');
}
