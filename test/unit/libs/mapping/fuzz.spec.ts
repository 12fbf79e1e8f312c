import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compileFeeds,
  DECODERS,
  type FeedResult,
  type FeedSpec,
  Memory,
  OPERATORS,
  type RecipeSpec,
  withDicts,
} from '@citywall/mapping';
import { isAssetKey, isAssetType, isMetricName, isOccurrenceType, REJECTION_REASONS } from '@citywall/model';
import { describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { compileDecoders } from '../../../../libs/mapping/src/decode/index.js';
import { DecodeError, Failure } from '../../../../libs/mapping/src/failure.js';
import { compileOp } from '../../../../libs/mapping/src/ops/index.js';
import { Hostile, seeded } from './hostile.js';
import { bytes, message, NOW } from './support.js';

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
  for (const { id, type } of result.occurrences)
    must(isAssetKey(id) && isOccurrenceType(type), `occurrence ${id} ${type}`);
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

/** 1: more than 100,000 inputs in all. `CITYWALL_FUZZ=20` gives twenty times as many. */
const TIMES = Math.max(1, Math.floor(Number(process.env.CITYWALL_FUZZ ?? 1)) || 1);
const VALUES = 50_000 * TIMES;
const PAYLOADS = 36_000 * TIMES;
const MESSAGES = 8_000 * TIMES;
const SPOILT = 16_000 * TIMES;
jest.setTimeout(60_000 * TIMES);

const SHELF = join(import.meta.dirname, '../../../../libs/recipes');

interface Golden {
  topic: string;
  payload: Uint8Array;
  /** of JSON */
  tree?: unknown;
}

function goldenOf(recipe: string): Golden[] {
  const folder = join(SHELF, recipe, 'cases');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => {
      const { topic, payload } = parse(readFileSync(join(folder, file), 'utf8')) as {
        topic: string;
        payload: { json?: unknown; text?: string; hex?: string; base64?: string };
      };
      const { json, text, hex, base64 } = payload;
      if (text !== undefined) return { topic, payload: bytes(text) };
      if (hex !== undefined) return { topic, payload: new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex')) };
      if (base64 !== undefined) return { topic, payload: new Uint8Array(Buffer.from(base64, 'base64')) };
      return { topic, payload: bytes(JSON.stringify(json)), tree: json };
    });
}

/** Every recipe with the messages of its golden cases. */
const RECIPES = readdirSync(SHELF, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(SHELF, entry.name, 'cases')))
  .map(({ name }) => {
    const recipe = parse(readFileSync(join(SHELF, name, 'recipe.yaml'), 'utf8')) as RecipeSpec;
    return { name, feeds: withDicts(recipe.feeds, recipe.dicts), golden: goldenOf(name) };
  })
  .filter(({ golden }) => golden.length > 0);

describe('hostile input', () => {
  it(`${VALUES} values through operators: a value, missing or a failure, never an exception`, () => {
    const hostile = new Hostile(seeded(1));
    const ops = OPERATORS.flatMap(({ name, takes }) =>
      (ARGS[name] ?? []).map((args) => ({ name, takes, op: compileOp(args === undefined ? name : { [name]: args }) })),
    );
    const endless = new Set<string>();
    for (let i = 0; i < VALUES; i++) {
      const { name, takes, op } = hostile.pick(ops);
      const value = i % 2 === 0 ? hostile.ofKind(takes) : hostile.value();
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

  it(`${PAYLOADS} payloads through decoders: a tree, or a DecodeError`, () => {
    const hostile = new Hostile(seeded(2));
    const limits = { bytes: 10_000, depth: 32, elements: 1000 };
    const decoders = DECODERS.map(({ name, options }) => ({
      name,
      decode: compileDecoders(options?.required ? { [name]: NEEDED[name] } : name, {}),
    }));
    const memory = new Memory();
    const right = RECIPES.flatMap(({ golden }) => golden);
    const odd = new Set<string>();
    for (let i = 0; i < PAYLOADS; i++) {
      const { name, decode } = hostile.pick(decoders);
      try {
        const payload = i % 3 === 0 ? hostile.payload() : hostile.spoilt(hostile.pick(right).payload);
        decode(payload, { limits, receivedAt: NOW, topic: 'spBv1.0/g/NDATA/n', memory });
      } catch (error) {
        if (!(error instanceof DecodeError)) odd.add(`${name}: ${String(error)}`);
      }
    }
    expect([...odd]).toEqual([]);
  });

  it(`${MESSAGES} messages through eight feeds: sound results, no exception, no internal rejection, nothing polluted`, () => {
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
    for (let i = 0; i < MESSAGES; i++) {
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

  it(`${SPOILT} spoilt messages through the recipes: sound results, no exception, no internal rejection`, () => {
    const hostile = new Hostile(seeded(5));
    const recipes = RECIPES.map(({ name, feeds, golden }) => ({
      golden,
      feeds: compileFeeds(feeds, { system: name, limits: { elements: 500 } }),
    }));
    const problems: string[] = [];
    let taken = 0;
    for (let i = 0; i < SPOILT; i++) {
      const { feeds, golden } = hostile.pick(recipes);
      const { topic, payload, tree } = hostile.pick(golden);
      const spoilt =
        tree !== undefined && i % 2 === 0
          ? bytes(JSON.stringify(hostile.spoiltTree(tree)) ?? '')
          : hostile.spoilt(payload);
      const results = feeds.map(message(topic, spoilt, { retained: i % 11 === 0 }));
      for (const result of results) problems.push(...unsound(result));
      if (results.some(({ readings, occurrences }) => readings.length + occurrences.length > 0)) taken++;
    }
    expect([...new Set(problems)]).toEqual([]);
    // many are not simply refused as a whole: the way goes deep
    expect(taken).toBeGreaterThan(SPOILT / 10);
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
