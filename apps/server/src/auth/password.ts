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
