import { randomInt } from 'node:crypto';
import argon2 from 'argon2';

/** argon2id with the first recommended setting of the OWASP password storage cheat sheet: 19 MiB, 2 passes, 1 lane. */
const SETTINGS = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Longer input is refused before it is hashed. */
export const MAX_PASSWORD = 256;

/** Without the letters and digits that are mistaken for each other when read from a console. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export function hashPassword(password: string): Promise<string> {
  return argon2.hash(password, SETTINGS);
}

export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  return argon2.verify(hash, password);
}

/** 20 characters, more than 110 bits. */
export function randomPassword(): string {
  return Array.from({ length: 20 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Shortest password of an account, in characters; classes of characters it needs (GB/T 22239-2019 8.1.4.1 a, as the county sets it). */
export const MIN_PASSWORD = 10;
const CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];
const NEEDED_CLASSES = 3;
/** Passwords before the present one that may not be chosen again. */
export const BARRED_PASSWORDS = 5;

/** Why a password is too weak for an account, as a whole English sentence; null: it is not. */
export function weaknessOf(password: string, user: string): string | null {
  const length = [...password].length;
  if (length < MIN_PASSWORD) return `it has ${length} characters, ${MIN_PASSWORD} are needed`;
  if (password.length > MAX_PASSWORD) return `it has more than ${MAX_PASSWORD} characters`;
  const classes = CLASSES.filter((kind) => kind.test(password)).length;
  if (classes < NEEDED_CLASSES)
    return `it has ${classes} of small letters, capitals, digits and other characters, ${NEEDED_CLASSES} are needed`;
  if (user.length > 2 && password.toLowerCase().includes(user.toLowerCase()))
    return 'it contains the name of the account';
  return null;
}
