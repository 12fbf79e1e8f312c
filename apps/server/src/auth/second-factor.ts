import { Secret, TOTP } from 'otpauth';

/** Codes before and after the present one that count: the clock of a telephone is up to half a minute off (RFC 6238 5.2). */
const WINDOW = 1;
const PERIOD = 30;
const SECRET_BYTES = 20;

const totpOf = (secret: string, user: string) =>
  new TOTP({
    issuer: 'CityWall',
    label: user,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD,
    secret: Secret.fromBase32(secret),
  });

/** A new secret in base32 (RFC 4226 R6: 160 bits). */
export function newSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** `otpauth://…` for an authenticator's camera. */
export function secretUri(secret: string, user: string): string {
  return totpOf(secret, user).toString();
}

/**
 * The counter of a code, null where it is wrong or was taken before (RFC 6238 5.2: no code counts twice).
 * @param last counter of the code taken last
 * @param now Unix ms
 */
export function counterOf(secret: string, code: string, last: number, now: number): number | null {
  const delta = totpOf(secret, '').validate({ token: code, timestamp: now, window: WINDOW });
  if (delta === null) return null;
  const counter = Math.floor(now / 1000 / PERIOD) + delta;
  return counter > last ? counter : null;
}
