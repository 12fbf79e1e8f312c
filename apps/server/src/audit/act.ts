import { ACCOUNT_NAME } from '../api/schemas/accounts.js';

/** What of a request may stand in the audit. */

const SECRET = /password|present|next|secret|token|code|hash/i;
/** What people type into the wrong field is most often their password. */
const NO_ACCOUNT = '(no account name)';
const MAX_DETAIL = 1_000;
const MAX_TEXT = 200;

/**
 * Parameters, query and body as JSON text: secrets by their names left out, long texts and the whole shortened.
 * @param parts in the order of what matters
 */
export function detailOf(...parts: unknown[]): string {
  const all: Record<string, unknown> = {};
  for (const part of parts) {
    if (typeof part !== 'object' || part === null) continue;
    for (const [name, value] of Object.entries(part)) if (!Object.hasOwn(all, name)) all[name] = shown(name, value);
  }
  if (Object.keys(all).length === 0) return '';
  const text = JSON.stringify(all);
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL - 1)}…` : text;
}

function shown(name: string, value: unknown): unknown {
  if (SECRET.test(name)) return '***';
  if (name === 'user' && typeof value === 'string') return ACCOUNT_NAME.test(value) ? value : NO_ACCOUNT;
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT - 1)}…` : value;
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => shown('', item));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(key, item)]));
  return value;
}

/** The thing an act is about: the first path parameter, or for a log-in the account. */
export function subjectOf(params: Record<string, unknown>, body: unknown): string {
  const [first] = Object.values(params);
  if (typeof first === 'string') return first.slice(0, MAX_TEXT);
  const named = typeof body === 'object' && body !== null ? (body as { user?: unknown }).user : undefined;
  if (typeof named !== 'string') return '';
  return ACCOUNT_NAME.test(named) ? named : NO_ACCOUNT;
}
