import {
  type CompileOptions,
  compileFeeds,
  type FeedResult,
  type FeedSpec,
  type Message,
  type ValueSpec,
} from '@citywall/mapping';

/** 2026-07-09 14:35:02 in Dianjiang */
export const NOW = Date.parse('2026-07-09T14:35:02+08:00');

export function bytes(payload: unknown): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
}

export function message(topic: string, payload: unknown, more: Partial<Message> = {}): Message {
  return { topic, payload: bytes(payload), receivedAt: NOW, retained: false, origin: 'live', ...more };
}

/** Maps one payload with one feed on topic `t`. */
export function mapOne(
  feed: Partial<FeedSpec>,
  payload: unknown,
  options: Partial<CompileOptions> = {},
  more: Partial<Message> = {},
): FeedResult {
  const feeds = compileFeeds([{ id: 'f', topic: 't', ...feed } as FeedSpec], { system: 'try', ...options });
  const [result] = feeds.map(message('t', payload, more));
  if (!result) throw new Error('no feed listens');
  return result;
}

/** What one value spec makes of a payload: the value, or the reason of its rejection. */
export function made(spec: ValueSpec, payload: unknown): unknown {
  const result = mapOne({ asset: 'a/1', readings: { m: spec } }, payload);
  return result.readings[0]?.value ?? result.rejections[0]?.reason;
}
