import { createHash } from 'node:crypto';
import type { Gap, LineContent } from './archive.types.js';

/** Stands where the first line of all names the hash before it. */
export const GENESIS = '0'.repeat(64);

/** Where a chain stands. */
export interface ChainEnd {
  n: number;
  hash: string;
}

const HASH_FIELD = ',"hash":"';
/** `,"hash":"` + 64 hexadecimal digits + `"}` */
const SUFFIX_BYTES = HASH_FIELD.length + 64 + 2;
const SUFFIX = /^,"hash":"[0-9a-f]{64}"\}$/;
/** China has one zone and no summer time. */
const SHANGHAI_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** Local date of Asia/Shanghai, `YYYY-MM-DD`. @param at Unix ms */
export function dayOf(at: number): string {
  return new Date(at + SHANGHAI_MS).toISOString().slice(0, 10);
}

/** The date `days` later (or earlier). */
export function dayPlus(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** SHA-256 in hexadecimal of the previous line's hash (as text) and this line's bytes before `,"hash":`. */
function hashOf(previous: string, body: Buffer): string {
  return createHash('sha256').update(previous).update(body).digest('hex');
}

/**
 * The next line of a chain, with its newline.
 * @param at Unix ms, written as ISO 8601 of Asia/Shanghai
 * @param opens whether it is the first of its file: it names the hash before it (`prev`)
 */
export function nextLine(
  end: ChainEnd,
  at: number,
  content: LineContent,
  opens: boolean,
): { bytes: Buffer; end: ChainEnd } {
  const n = end.n + 1;
  const time = new Date(at + SHANGHAI_MS).toISOString().replace('Z', '+08:00');
  const body = JSON.stringify({ n, at: time, ...(opens ? { prev: end.hash } : {}), ...content }).slice(0, -1);
  const hash = hashOf(end.hash, Buffer.from(body));
  return { bytes: Buffer.from(`${body}${HASH_FIELD}${hash}"}\n`), end: { n, hash } };
}

/** A line as it stands in a file. */
export interface ReadLine {
  n: number;
  hash: string;
  /** in the first line of a file */
  prev?: string;
  /** the journal is dealt with up to this entry */
  id?: string;
  gap?: Gap;
  /** whether the line's bytes, after `previous`, make its hash */
  follows(previous: string): boolean;
}

/** Reads a line (without its newline); null: it is none of the archive's. */
export function readLine(bytes: Buffer): ReadLine | null {
  const cut = bytes.length - SUFFIX_BYTES;
  if (cut < 2 || !SUFFIX.test(bytes.toString('latin1', cut))) return null;
  let parsed: { n?: unknown; hash?: unknown; prev?: unknown; id?: unknown; gap?: unknown };
  try {
    parsed = JSON.parse(bytes.toString());
  } catch {
    return null;
  }
  const { n, prev, id, gap } = parsed;
  if (!Number.isSafeInteger(n)) return null;
  const hash = bytes.toString('latin1', cut + HASH_FIELD.length, bytes.length - 2);
  return {
    n: n as number,
    hash,
    ...(typeof prev === 'string' ? { prev } : {}),
    ...(typeof id === 'string' ? { id } : {}),
    ...(isGap(gap) ? { id: gap.upTo, gap } : {}),
    follows: (previous) => hashOf(previous, bytes.subarray(0, cut)) === hash,
  };
}

function isGap(value: unknown): value is Gap {
  return typeof value === 'object' && value !== null && typeof (value as Gap).upTo === 'string';
}
