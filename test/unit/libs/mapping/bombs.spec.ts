/** Small or large inputs made to cost much: each is refused with its reason, quickly. */
import { gzipSync } from 'node:zlib';
import { compileFeeds, type FeedResult, type FeedSpec } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { DECODERS } from '../../../../apps/server/src/packs/decoders.js';
import { bytes, message } from './support.js';

const MIB = 1_048_576;
/** ms; a payload of the largest size costs tens of them */
const QUICK = 2000;

function mapped(feed: Partial<FeedSpec>, payload: Uint8Array): FeedResult {
  const spec = {
    id: 'f',
    topic: 't',
    asset: 'a/1',
    readings: { m: { path: '@', optional: true } },
    ...feed,
  } as FeedSpec;
  const feeds = compileFeeds([spec], { system: 'try', decoders: DECODERS });
  const start = performance.now();
  const [result] = feeds.map(message('t', payload));
  expect(performance.now() - start).toBeLessThan(QUICK);
  if (!result) throw new Error('no feed listens');
  return result;
}
const reasons = ({ rejections }: FeedResult): string[] => rejections.map(({ reason }) => reason);

const laughs = (levels: number): string => {
  const entities = Array.from({ length: levels }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
  return `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">${entities}]><a>&l${levels};</a>`;
};

describe('a payload that would grow', () => {
  it.each<[string, Partial<FeedSpec>, string | Uint8Array, string]>([
    ['entities within entities', { decode: 'xml' }, laughs(9), 'decode'],
    [
      'an entity from outside',
      { decode: 'xml' },
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      'decode',
    ],
    ['a DOCTYPE in small letters', { decode: 'xml' }, '<!doctype a><a>1</a>', 'decode'],
    ['gzip of zeros', { decode: ['gzip', 'json'] }, new Uint8Array(gzipSync(Buffer.alloc(60 * MIB))), 'too-large'],
    [
      'gzip within base64',
      { decode: ['base64', 'gzip', 'text'] },
      gzipSync(Buffer.alloc(60 * MIB)).toString('base64'),
      'too-large',
    ],
    [
      'gzip within gzip',
      { decode: ['gzip', 'gzip', 'text'] },
      new Uint8Array(gzipSync(gzipSync(Buffer.alloc(60 * MIB)))),
      'too-large',
    ],
    ['more bytes than the limit', { decode: 'text' }, 'x'.repeat(MIB + 1), 'too-large'],
  ])('%s', (_name, feed, payload, reason) => {
    const result = mapped(feed, bytes(payload));
    expect(reasons(result)).toEqual([reason]);
    expect(result.readings).toEqual([]);
  });
});

describe('a payload of many parts', () => {
  it.each<[string, Partial<FeedSpec>, string, string]>([
    ['brackets', {}, '['.repeat(500_000), 'too-deep'],
    ['objects', {}, '{"a":'.repeat(100_000), 'too-deep'],
    ['elements of XML', { decode: 'xml' }, '<a>'.repeat(200_000), 'too-deep'],
    ['a list', { each: '@' }, `[${'1,'.repeat(500_000)}1]`, 'too-many'],
    [
      'entries',
      { each: '*' },
      `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":1`).join(',')},"z":1}`,
      'too-many',
    ],
    [
      'leaves',
      { each: { path: '@', leaves: true } },
      JSON.stringify({ a: Array(200).fill(Array(100).fill(1)) }),
      'too-many',
    ],
    [
      'lists side by side',
      { each: { path: '@', zip: ['a', 'b'] }, readings: { m: 'a' } },
      `{"a":[${'1,'.repeat(200_000)}1],"b":[1]}`,
      'too-many',
    ],
    ['rows of CSV', { decode: 'csv', each: '@' }, `a\n${'1\n'.repeat(300_000)}`, 'too-many'],
    ['lines', { decode: 'lines', each: '@' }, '1\n'.repeat(400_000), 'too-many'],
    ['lines of JSON', { decode: 'ndjson', each: '@' }, '1\n'.repeat(400_000), 'too-many'],
    ['fields of a form', { decode: 'form', each: '*' }, 'a=1&'.repeat(200_000), 'too-many'],
    ['records of SenML', { decode: 'senml', each: '@' }, `[${'{"v":1},'.repeat(100_000)}{"v":1}]`, 'too-many'],
  ])('%s', (_name, feed, payload, reason) => {
    const result = mapped(feed, bytes(payload));
    expect(reasons(result)).toContain(reason);
    expect(result.readings.length).toBeLessThanOrEqual(10_000);
  });

  it('lists a hundred rejections and counts the rest', () => {
    const result = mapped(
      { each: '@', readings: { m: { path: 'v', ops: ['number'] } } },
      bytes(JSON.stringify(Array(9000).fill({ v: 'x' }))),
    );
    expect(result.rejections).toHaveLength(100);
    expect(result.unlisted).toBe(8900);
  });
});

describe('texts made to cost time', () => {
  const long = 'a'.repeat(60_000);
  it.each<[string, FeedSpec['readings'], unknown]>([
    ['a regular expression', { m: { path: 'v', ops: [{ regex: '^([a-z]+)=' }] } }, long],
    ['named groups', { m: { path: 'v', ops: [{ groups: '(?<n>[a-z]+)=' }, { get: 'n' }] } }, long],
    ['a quantity', { m: { path: 'v', ops: [{ quantity: 'km' }] } }, '1'.repeat(60_000)],
    ['an angle', { m: { path: 'v', ops: ['degrees'] } }, '1'.repeat(60_000)],
    ['a number', { m: { path: 'v', ops: ['number'] } }, `${'9'.repeat(60_000)}`],
    ['a time', { m: { path: 'v', ops: [{ time: { as: 'rfc822' } }] } }, ' '.repeat(60_000)],
    ['JSON within', { m: { path: 'v', ops: ['json'] } }, '['.repeat(60_000)],
    ['a growing text', { m: { path: 'v', ops: [{ replace: ['a', 'aaaaaaaaaa'] }] } }, long],
    ['compatibility forms', { m: { path: 'v', ops: ['halfwidth'] } }, '\ufdfa'.repeat(60_000)],
    ['a point', { m: { place: { point: 'v' } } }, '1'.repeat(60_000)],
  ])('%s', (_name, readings, v) => {
    const result = mapped({ readings }, bytes({ v }));
    expect(result.readings).toEqual([]);
    expect(result.rejections).toHaveLength(1);
  });

  it('a geometry of many positions is bounded, not refused', () => {
    const coordinates = Array.from({ length: 40_000 }, (_, i) => [107 + (i % 2), 30]);
    const result = mapped(
      { readings: { m: { place: { point: 'g' } } } },
      bytes({ g: { type: 'LineString', coordinates } }),
    );
    expect(result.readings[0]?.value).toEqual([107.5, 30]);
  });
});
