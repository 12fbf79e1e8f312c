import type { Flag, Origin, Quality, ReadingValue, RejectionReason, Words } from '@citywall/model';

/** Something wrong in a pack's file; line and column count from 1. */
export interface PackProblem {
  file: string;
  line: number;
  col: number;
  message: string;
}

export interface FeedItem {
  id: string;
  system: string;
  name: Words;
  topic: string[];
  broker: string;
  qos: number;
  priority: 'normal' | 'high';
  ignored: boolean;
  contract: {
    expect: number | null;
    quiet: string | null;
    assets: 'declared' | 'discovered';
    maxAssets: number;
    retained: 'state' | 'ignore';
    journal: boolean;
    decode: string[];
  };
  state: 'live' | 'silent' | 'waiting';
  messages: number;
  readings: number;
  occurrences: number;
  duplicates: number;
  late: number;
  rejections: { ever: number; kept: number };
  lastAt: string | null;
}

export interface MessageItem {
  topic: string;
  payload: string;
  truncated: boolean;
  receivedAt: string;
  retained: boolean;
  origin: Origin;
}

export interface RejectionItem {
  id: string;
  feed: string;
  topic: string;
  reason: RejectionReason;
  detail: string;
  path?: string;
  receivedAt: string;
  payload: string;
  truncated: boolean;
}

export interface CountItem {
  system: string;
  feed: string;
  reason: RejectionReason;
  kept: number;
  ever: number;
}

export interface Explanation {
  problems: PackProblem[];
  steps: { feed?: string; depth: number; text: string; failed: boolean }[];
  readings: {
    feed: string;
    asset: string;
    metric: string;
    value: ReadingValue;
    at: string;
    quality: Quality;
    flags: Flag[];
  }[];
  occurrences: { feed: string; id: string; type: string; status: string; at: string }[];
  rejections: { feed: string; reason: RejectionReason; detail: string; path?: string }[];
}

export interface Tally {
  mapped: number;
  readings: number;
  occurrences: number;
  rejected: number;
}

export interface Trial {
  problems: PackProblem[];
  messages: number;
  truncated: number;
  before: Tally;
  after: Tally;
  changed: number;
  changes: {
    topic: string;
    asset: string;
    metric: string;
    before: ReadingValue | null;
    after: ReadingValue | null;
    atBefore: string | null;
    atAfter: string | null;
  }[];
  rejections: { feed: string; topic: string; reason: RejectionReason; detail: string; path?: string }[];
}

export interface RerunOutcome {
  tried: number;
  mapped: number;
  stillRejected: number;
  truncated: number;
  readings: number;
  occurrences: number;
}

export interface FeedsTexts {
  id: string;
  builtin: string | null;
  site: string | null;
  version: string;
  writable: boolean;
}

/** The server said no, or nothing. `reason` is the problem's of `/api/v1`, or `unreachable`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly reason: string,
    detail: string,
    readonly problems: PackProblem[] = [],
    /** the whole problem, with whatever its kind carries */
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

type Json = Record<string, unknown>;

/**
 * One request to `/api/v1`; with a body it is sent as JSON. `keepalive`: it is sent to its end also when the page is left.
 * @throws ApiError
 */
export async function ask<Answer>(
  path: string,
  options: { method?: 'POST' | 'PUT' | 'DELETE'; body?: unknown; keepalive?: true } = {},
  get: typeof fetch = fetch,
): Promise<Answer> {
  const { method, body, keepalive } = options;
  let response: Response;
  try {
    response = await get(`/api/v1/${path}`, {
      ...(method ? { method } : {}),
      ...(keepalive ? { keepalive } : {}),
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new ApiError('unreachable', error instanceof Error ? error.message : String(error));
  }
  if (response.status === 204) return undefined as Answer;
  const json = (await response.json().catch(() => ({}))) as Json;
  if (response.ok) return json as Answer;
  const problems = Array.isArray(json.problems) ? (json.problems as PackProblem[]) : [];
  const detail = typeof json.detail === 'string' ? json.detail : `${response.status} ${response.statusText}`;
  throw new ApiError(typeof json.reason === 'string' ? json.reason : 'unreachable', detail, problems, json);
}

/** A list whole, page after page. @throws ApiError */
export async function askAll<Item>(path: string, get: typeof fetch = fetch): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: Item[]; next: string | null } = await ask(
      `${path}${path.includes('?') ? '&' : '?'}limit=1000${query}`,
      {},
      get,
    );
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && items.length < 10_000);
  return items;
}
