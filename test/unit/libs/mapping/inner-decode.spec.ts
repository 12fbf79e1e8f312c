import { checkFeeds, explainFeeds, type FeedSpec } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { made, mapOne, message } from './support.js';

const STRUCT = {
  struct: {
    fields: [
      { name: 't', type: 'i16', scale: 0.1 },
      { name: 'list', repeat: 'rest', fields: [{ name: 'v', type: 'u8' }] },
    ],
  },
};

describe('decode inside a value', () => {
  it('opens base64, hex and JSON in a field', () => {
    expect(made({ path: 'data', decode: 'base64', ops: ['hex'] }, { data: 'AN4=' })).toBe('00de');
    expect(made({ path: 'raw', decode: ['hex', STRUCT], ops: [{ get: 't' }] }, { raw: '00de' })).toBe(22.2);
    expect(made({ path: 'text', decode: 'json', ops: [{ get: 'a.b' }] }, { text: '{"a":{"b":7}}' })).toBe(7);
  });

  it('missing stays missing, and what cannot be decoded rejects that part alone', () => {
    expect(made({ path: 'data', decode: 'base64', ops: ['hex'], default: '-' }, {})).toBe('-');
    const result = mapOne(
      { asset: 'a/1', readings: { x: { path: 'x', decode: 'hex', ops: ['hex'] }, y: 'y' } },
      { x: 'zz', y: 1 },
    );
    expect(result.readings.map(({ metric }) => metric)).toEqual(['y']);
    expect(result.rejections).toEqual([{ reason: 'decode', detail: 'x: not hexadecimal', path: 'x' }]);
  });

  it('a let is decoded once, read into by path, and gone through by each', () => {
    const feed: Partial<FeedSpec> = {
      asset: 'a/{inner.t}',
      let: { inner: { path: '$.data', decode: ['base64', STRUCT] } },
      each: { path: 'inner.list', from: 'let' },
      readings: { v: { path: 'v' }, t: { from: 'let', path: 'inner.t' } },
    };
    const { readings, rejections } = mapOne(feed, { data: 'AN4HCA==' });
    expect(rejections).toEqual([]);
    expect(readings.map(({ key, metric, value }) => [key, metric, value])).toEqual([
      ['22.2', 'v', 7],
      ['22.2', 't', 22.2],
      ['22.2', 'v', 8],
      ['22.2', 't', 22.2],
    ]);
  });

  it('a fan-out over what could not be decoded says why', () => {
    const feed: Partial<FeedSpec> = {
      asset: 'a/1',
      let: { inner: { path: 'data', decode: ['base64', STRUCT] } },
      each: { path: 'inner.list', from: 'let' },
      readings: { v: 'v' },
    };
    expect(mapOne(feed, { data: 'AA==' }).rejections).toEqual([
      { reason: 'decode', detail: 'the payload ends at byte 1; 2 are needed at byte 0', path: 'inner.list' },
    ]);
  });

  it('decodes one field once for all elements that look at it', () => {
    let calls = 0;
    const counted = (): ((input: unknown) => unknown) => (input) => {
      calls++;
      return { n: String(input).length };
    };
    const feed: Partial<FeedSpec> = {
      asset: 'a/1',
      let: { inner: { path: '$.data', decode: 'counted' } },
      each: 'items',
      readings: { n: { from: 'let', path: 'inner.n' } },
    };
    const items = Array.from({ length: 50 }, (_, i) => i);
    expect(mapOne(feed, { data: 'abc', items }, { decoders: { counted } }).readings).toHaveLength(50);
    expect(calls).toBe(1);
  });

  it('problems are told where they are written', () => {
    const feed: FeedSpec = {
      id: 'f',
      topic: 't',
      asset: 'a/1',
      readings: { x: { path: 'x', decode: ['hex', 'nope'] } },
    };
    const [problem] = checkFeeds([feed], { system: 's' });
    expect(problem).toMatchObject({ path: [0, 'readings', 'x', 'decode'] });
    expect(problem?.message).toContain('"nope" is no decoder');
  });

  it('is limited as the payload is, and explained', () => {
    const feed: FeedSpec = {
      id: 'f',
      topic: 't',
      asset: 'a/1',
      readings: { x: { path: 'x', decode: 'json', ops: [{ get: 'a' }] } },
    };
    const deep = mapOne(feed, { x: `${'['.repeat(40)}${']'.repeat(40)}` });
    expect(deep.rejections[0]).toMatchObject({ reason: 'too-deep' });
    const { steps } = explainFeeds([feed], { system: 's' }, message('t', { x: '{"a":3}' }));
    expect(steps.some(({ text }) => text.includes('path x = an object'))).toBe(true);
  });
});

describe('a condition on the topic alone', () => {
  it('is asked before the payload is decoded, so that no other feed’s decoder speaks', () => {
    const feeds: Partial<FeedSpec>[] = [
      { id: 'a', topic: 'x/{kind}', decode: 'hex', when: { from: 'topic', path: 'kind', is: 'hex' } },
      { id: 'b', topic: 'x/{kind}', decode: 'json', when: { from: 'topic', path: 'kind', is: 'json' } },
    ];
    const specs = feeds.map((feed) => ({ asset: 'a/1', readings: { v: { const: 1 } }, ...feed })) as FeedSpec[];
    const { results } = explainFeeds(specs, { system: 's' }, message('x/json', 'not json'));
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ feed: 'b', rejections: [{ reason: 'decode' }] });
  });
});
