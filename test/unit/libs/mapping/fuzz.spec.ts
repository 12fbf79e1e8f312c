import { compileFeeds, DECODERS, type FeedResult, type FeedSpec, Memory, OPERATORS } from '@citywall/mapping';
import { isAssetKey, isAssetType, isMetricName, REJECTION_REASONS } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import { compileDecoders } from '../../../../libs/mapping/src/decode/index.js';
import { DecodeError, Failure } from '../../../../libs/mapping/src/failure.js';
import { compileOp } from '../../../../libs/mapping/src/ops/index.js';
import { bytes, message, NOW } from './support.js';

/** mulberry32: the same inputs on every machine */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class Hostile {
  constructor(private readonly random: () => number) {}

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)] as T;
  }

  text(): string {
    return this.pick([
      '',
      ' ',
      '--',
      '0012',
      '1e999',
      '-9999',
      '12.3 km',
      '__proto__',
      'constructor',
      'toString',
      '水位',
      '\u0000',
      '\ud800',
      '2026-07-09T14:35:00+08:00',
      '2026-09-31',
      '9007199254740993',
      'qg==',
      '{"a":1}',
      `${'['.repeat(50)}`,
      'a'.repeat(1 + Math.floor(this.random() * 3000)),
      'a,'.repeat(Math.floor(this.random() * 600)),
      String.fromCharCode(...Array.from({ length: 12 }, () => Math.floor(this.random() * 0xffff))),
    ]);
  }

  value(depth = 0): unknown {
    const kind = Math.floor(this.random() * (depth > 4 ? 6 : 9));
    switch (kind) {
      case 0:
        return this.text();
      case 1:
        return this.pick([0, -0, 1, -1, 0.1, 1e308, -1e308, 2 ** 53, 1783578900000, 1783578900, Number.MIN_VALUE]);
      case 2:
        return (this.random() - 0.5) * 10 ** Math.floor(this.random() * 300);
      case 3:
        return this.random() < 0.5;
      case 4:
        return null;
      case 5:
        return this.pick([Number.NaN, Number.POSITIVE_INFINITY, undefined]);
      case 6:
        return Array.from({ length: Math.floor(this.random() * 5) }, () => this.value(depth + 1));
      case 7:
        return new Uint8Array(Array.from({ length: Math.floor(this.random() * 20) }, () => this.random() * 256));
      default: {
        const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
        for (let i = Math.floor(this.random() * 5); i > 0; i--) object[this.name()] = this.value(depth + 1);
        return object;
      }
    }
  }

  name(): string {
    return this.pick([
      'v',
      'ts',
      'id',
      'items',
      'n',
      'u',
      'bn',
      'bt',
      'rows',
      'cols',
      '__proto__',
      'constructor',
      '',
      'a.b',
      '水',
    ]);
  }

  /** Bytes that are often nearly right. */
  payload(): Uint8Array {
    const how = this.random();
    if (how < 0.1)
      return new Uint8Array(Array.from({ length: Math.floor(this.random() * 60) }, () => this.random() * 256));
    if (how < 0.25) return bytes(this.text());
    if (how < 0.35) {
      return bytes(
        this.pick([
          '<a>',
          '<a b="c">&amp;</a>',
          '<__proto__>1</__proto__>',
          '<?xml version="1.0" encoding="GBK"?><a/>',
          '<!DOCTYPE x>',
          '<a><![CDATA[',
        ]) + this.text(),
      );
    }
    const text = JSON.stringify(this.value()) ?? '';
    if (how < 0.5) return bytes(text.slice(0, Math.floor(this.random() * text.length)));
    if (how < 0.6) return bytes(text.replace('v', '__proto__'));
    return bytes(text);
  }
}

const ARGS: Record<string, unknown[]> = Object.fromEntries(
  OPERATORS.map(({ name, examples }) => [name, examples.map(({ args }) => args)]),
);

function readable(value: unknown): boolean {
  return value === undefined || value instanceof Failure || typeof value !== 'number' || Number.isFinite(value);
}

/** What a result must never be, in words; empty where it is sound. */
function unsound(result: FeedResult): string[] {
  const problems: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) problems.push(`${result.feed}: ${what}`);
  };
  for (const { type, key, metric, value, at, quality, flags } of result.readings) {
    must(isAssetType(type) && isAssetKey(key) && isMetricName(metric), `names ${type} ${key} ${metric}`);
    must(Number.isSafeInteger(at) && at >= 946_684_800_000 && at <= NOW + 300_000 + 86_400_000, `at ${at}`);
    must(['number', 'string', 'boolean'].includes(typeof value) || Array.isArray(value), `value ${typeof value}`);
    must(typeof value !== 'number' || Number.isFinite(value), 'a number that is not finite');
    must(typeof value !== 'string' || value.length <= 8192, 'an endless text');
    must(quality === 'good' || flags.length > 0, 'not good, and nothing says why');
  }
  for (const { id, type } of result.occurrences) must(isAssetKey(id) && isMetricName(type), `occurrence ${id} ${type}`);
  for (const { reason, detail, path } of result.rejections) {
    must(REJECTION_REASONS.includes(reason) && reason !== 'internal', `rejection ${reason} ${detail}`);
    must(detail.length < 1500 && (path ?? '').length <= 300, 'an endless rejection');
  }
  return problems;
}

/** Options of the decoders that need some. */
const NEEDED: Readonly<Record<string, unknown>> = {
  regex: { pattern: '(?<n>\\d+)' },
  struct: {
    fields: [
      { name: 'n', type: 'u8' },
      { name: 'list', repeat: 'n', fields: [{ name: 'v', type: 'i16' }] },
    ],
  },
  tlv: { types: { '01': { name: 'a', type: 'u8', many: true }, '7b': { name: 'b', type: 'f32' } }, unknown: 'stop' },
  check: { kind: 'crc16-modbus' },
};

const FEEDS: FeedSpec[] = [
  {
    id: 'list',
    topic: 'f/{key}',
    asset: 'a/{@.id}',
    at: [
      { path: 'ts', as: 'iso' },
      { path: 'ts', as: 'unix' },
    ],
    each: { path: 'items', optional: true },
    let: { n: { path: 'n', ops: ['text', 'slug'] } },
    missing: [-9999, '--'],
    readings: [
      { metric: '{n}', path: 'v', ops: ['number', { scale: 0.1 }] },
      { metric: 'q', path: 'v', quality: { path: 'u', good: [0] }, optional: true },
      { metric: 'p', place: { lon: 'v', lat: 'n', crs: { path: 'u', default: 'GCJ02' } }, optional: true },
    ],
    occurrences: [
      { id: 'id', type: '{n}', status: 'u', asset: 'a/{key}', place: { lon: 'v', lat: 'n', optional: true } },
    ],
  },
  {
    id: 'root',
    topic: 'f/{key}',
    asset: 'a/{key}',
    each: { path: '*', scalars: true },
    readings: [{ metric: '{key}', path: '@' }],
  },
  { id: 'all', topic: 'f/{key}', asset: 'a/{^key}', each: ['*', '*'], readings: [{ metric: '{^key}', path: '@' }] },
  {
    id: 'rows',
    topic: 'f/{key}',
    asset: 'a/1',
    each: { path: 'rows', columns: 'cols', step: { every: '1m' } },
    readings: { v: 'v' },
  },
  {
    id: 'senml',
    topic: 'f/{key}',
    decode: 'senml',
    asset: 'a/{@.name}',
    each: '@',
    at: { path: 't', as: 'unix_s' },
    readings: { v: 'value' },
  },
  { id: 'xml', topic: 'f/{key}', decode: 'xml', asset: 'a/1', each: '*', readings: { v: 'v' } },
  { id: 'csv', topic: 'f/{key}', decode: 'csv', asset: 'a/1', each: '@', readings: { v: 'v' } },
  { id: 'ndjson', topic: 'f/{key}', decode: 'ndjson', asset: 'a/1', each: '@', readings: { v: 'v' } },
];

describe('hostile input', () => {
  it('15,000 values through operators: a value, missing or a failure, never an exception', () => {
    const hostile = new Hostile(seeded(1));
    const ops = OPERATORS.flatMap(({ name }) =>
      (ARGS[name] ?? []).map((args) => ({ name, op: compileOp(args === undefined ? name : { [name]: args }) })),
    );
    const endless = new Set<string>();
    for (let i = 0; i < 15_000; i++) {
      const { name, op } = hostile.pick(ops);
      const value = hostile.value();
      let out: unknown;
      try {
        out = op.work(value);
      } catch (error) {
        throw new Error(`${name} threw on ${JSON.stringify(value)}: ${String(error)}`);
      }
      if ((typeof value !== 'number' || Number.isFinite(value) || name === 'number') && !readable(out))
        endless.add(name);
    }
    expect([...endless]).toEqual([]);
  });

  it('6,000 payloads through decoders: a tree, or a DecodeError', () => {
    const hostile = new Hostile(seeded(2));
    const limits = { bytes: 10_000, depth: 32, elements: 1000 };
    const decoders = DECODERS.map(({ name, options }) => ({
      name,
      decode: compileDecoders(options?.required ? { [name]: NEEDED[name] } : name, {}),
    }));
    const memory = new Memory();
    const odd = new Set<string>();
    for (let i = 0; i < 6000; i++) {
      const { name, decode } = hostile.pick(decoders);
      try {
        decode(hostile.payload(), { limits, receivedAt: NOW, topic: 'spBv1.0/g/NDATA/n', memory });
      } catch (error) {
        if (!(error instanceof DecodeError)) odd.add(`${name}: ${String(error)}`);
      }
    }
    expect([...odd]).toEqual([]);
  });

  it('6,000 messages through eight feeds: sound results, no exception, no internal rejection, nothing polluted', () => {
    const hostile = new Hostile(seeded(3));
    const feeds = compileFeeds(FEEDS, { system: 'fuzz', limits: { elements: 200 } });
    const problems: string[] = [];
    const counts = { readings: 0, occurrences: 0, rejections: 0 };
    const payloadWith = (): unknown => ({
      items: Array.from({ length: 3 }, () => ({
        id: hostile.pick(['x', 7, hostile.value()]),
        n: hostile.pick(['level', 30.1, hostile.value()]),
        v: hostile.pick([1, '2', 107.3, hostile.value()]),
        u: hostile.pick([0, 'open', hostile.value()]),
        ts: hostile.pick([NOW, '2026-07-09 14:00', hostile.value()]),
      })),
      rows: hostile.pick([[[1, 2]], hostile.value()]),
      cols: hostile.pick([['id', 'v'], hostile.value()]),
    });
    for (let i = 0; i < 6000; i++) {
      const payload = i % 2 === 0 ? hostile.payload() : bytes(payloadWith());
      for (const result of feeds.map(message(`f/${hostile.text()}`, payload, { retained: i % 7 === 0 }))) {
        problems.push(...unsound(result));
        counts.readings += result.readings.length;
        counts.occurrences += result.occurrences.length;
        counts.rejections += result.rejections.length;
      }
    }
    expect(problems).toEqual([]);
    expect(counts.readings).toBeGreaterThan(3000);
    expect(counts.occurrences).toBeGreaterThan(100);
    expect(counts.rejections).toBeGreaterThan(5000);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).v).toBeUndefined();
  });

  it('the same input gives the same output', () => {
    const once = (): string => {
      const hostile = new Hostile(seeded(4));
      const feeds = compileFeeds(FEEDS, { system: 'fuzz' });
      return JSON.stringify(Array.from({ length: 500 }, (_, i) => feeds.map(message(`f/${i % 9}`, hostile.payload()))));
    };
    expect(once()).toBe(once());
  });
});
