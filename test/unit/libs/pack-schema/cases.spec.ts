import type { FeedResult } from '@citywall/mapping';
import { type CaseSpec, caseMessage, compareResults, hexBytes, runCase } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';

const AT = Date.parse('2026-07-09T14:35:00+08:00');
const expectation = (expect: Partial<CaseSpec['expect']> = {}): CaseSpec['expect'] => ({
  readings: [],
  occurrences: [],
  rejections: [],
  ...expect,
});
const spec = (payload: CaseSpec['payload']): CaseSpec => ({
  topic: 'a/b',
  payload,
  receivedAt: '2026-07-09T14:35:02+08:00',
  retained: false,
  expect: expectation(),
});
const result = (part: Partial<FeedResult>): FeedResult => ({
  feed: 'realtime',
  readings: [],
  occurrences: [],
  rejections: [],
  unlisted: 0,
  ...part,
});
const level = {
  type: 'reservoir',
  key: '1',
  metric: 'level',
  value: 462.44,
  at: AT,
  quality: 'good' as const,
  flags: [],
};
const wanted = { asset: 'reservoir/1', metric: 'level', value: 462.44, at: '2026-07-09T14:35:00+08:00' };

describe('the message of a case', () => {
  const bytes = (payload: CaseSpec['payload']) => Buffer.from(caseMessage(spec(payload)).payload).toString('utf8');

  it('is made of JSON, text, hex or base64', () => {
    expect(bytes({ json: { a: [1, 'é'] } })).toBe('{"a":[1,"é"]}');
    expect(bytes({ json: null })).toBe('null');
    expect(bytes({ text: '水' })).toBe('水');
    expect(bytes({ hex: '41 4a\n42' })).toBe('AJB');
    expect(bytes({ base64: 'aGVs\nbG8' })).toBe('hello');
    expect(caseMessage(spec({ text: '' }))).toMatchObject({ receivedAt: AT + 2000, origin: 'live', retained: false });
  });

  it('odd hex is an error in words', () => {
    expect(() => hexBytes('abc')).toThrow('pairs of digits');
    expect(runCase({ map: () => [] }, spec({ hex: 'abc' }))).toEqual(['hex must be pairs of digits 0-9 a-f']);
  });

  it('a case with messages before it expects nothing of them', () => {
    const heard: string[] = [];
    const map = (message: { topic: string; payload: Uint8Array }) => {
      heard.push(`${message.topic} ${new TextDecoder().decode(message.payload)}`);
      return [];
    };
    const before = [{ topic: 'birth', payload: { text: 'names' } }];
    expect(runCase({ map }, { ...spec({ text: 'aliases' }), topic: 'data', before })).toEqual([]);
    expect(heard).toEqual(['birth names', 'data aliases']);
  });
});

describe('results against what a case expects', () => {
  it('are equal whatever the order, to nine digits', () => {
    const two = { ...level, key: '2', value: 0.1 + 0.2 };
    expect(
      compareResults(
        [result({ readings: [two, level] })],
        expectation({ readings: [wanted, { ...wanted, asset: 'reservoir/2', value: 0.3 }] }),
      ),
    ).toEqual([]);
  });

  it('every difference is a line that can be pasted', () => {
    expect(
      compareResults(
        [result({ readings: [{ ...level, flags: ['no-time'], quality: 'uncertain' }] })],
        expectation({ readings: [wanted] }),
      ),
    ).toEqual([
      'missing:    reading { asset: reservoir/1, metric: level, value: 462.44, at: "2026-07-09T14:35:00+08:00" }',
      'unexpected: reading { feed: realtime, asset: reservoir/1, metric: level, value: 462.44, at: 2026-07-09T06:35:00.000Z, quality: uncertain, flags: [no-time] }',
    ]);
  });

  it('one reading does not stand for two', () => {
    expect(compareResults([result({ readings: [level] })], expectation({ readings: [wanted, wanted] }))).toHaveLength(
      1,
    );
  });

  it('a case may leave out the feed, and says it where it matters', () => {
    const results = [result({ readings: [level] })];
    expect(compareResults(results, expectation({ readings: [{ ...wanted, feed: 'realtime' }] }))).toEqual([]);
    expect(compareResults(results, expectation({ readings: [{ ...wanted, feed: 'other' }] }))).toHaveLength(2);
  });

  it('occurrences are compared with all their fields', () => {
    const occurrence = {
      id: 'c1',
      type: 'case',
      at: AT,
      status: 'open',
      fields: { text: 'x' },
      flags: [],
      staleAfter: 1,
    };
    const want = { id: 'c1', type: 'case', at: AT, status: 'open', fields: { text: 'x' } };
    const compare = (change: object) =>
      compareResults([result({ occurrences: [{ ...occurrence, ...change }] })], expectation({ occurrences: [want] }));
    expect(compare({})).toEqual([]);
    expect(compare({ fields: { text: 'y' } })).toHaveLength(2);
    expect(compare({ fields: { text: 'x', more: 1 } })).toHaveLength(2);
    expect(compare({ level: 'P1' })).toHaveLength(2);
    expect(compare({ asset: { type: 'cover', key: '1' } })).toHaveLength(2);
  });

  it('rejections are exact too', () => {
    const results = [result({ rejections: [{ reason: 'type', detail: 'number needs text', path: 'z' }] })];
    expect(compareResults(results, expectation({ rejections: [{ reason: 'type', path: 'z' }] }))).toEqual([]);
    expect(compareResults(results, expectation({ rejections: [{ reason: 'type', path: 'y' }] }))).toHaveLength(2);
    expect(compareResults(results, expectation())).toEqual([
      'unexpected: rejection { feed: realtime, reason: type, path: z } (number needs text)',
    ]);
  });
});
