import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { checkFeeds, compileFeeds, type FeedSpec, FeedsRefused } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { bytes, mapOne, message, NOW } from './support.js';

const compile = (...feeds: FeedSpec[]) => compileFeeds(feeds, { system: 'water' });
const LEVEL: Partial<FeedSpec> = { asset: 'a/1', readings: { level: 'v' } };
const feed = (id: string, more: Partial<FeedSpec>): FeedSpec => ({ id, topic: 't', ...LEVEL, ...more }) as FeedSpec;

const REALTIME: FeedSpec = {
  id: 'realtime',
  topic: 'slj/dj/{stcd}/rt',
  asset: 'reservoir/{stcd}',
  at: { path: 'ts', as: 'unix_ms' },
  readings: {
    level: { path: 'z', ops: ['number', { round: 2 }] },
    inflow: { path: 'inq', ops: ['number'], optional: true },
  },
};

describe('compileFeeds', () => {
  it('maps captures, paths and times to readings', () => {
    const results = compile(REALTIME).map(message('slj/dj/60711250/rt', { ts: NOW - 2000, z: '462.4449' }));
    expect(results).toEqual([
      {
        feed: 'realtime',
        readings: [
          {
            type: 'reservoir',
            key: '60711250',
            metric: 'level',
            value: 462.44,
            at: NOW - 2000,
            quality: 'good',
            flags: [],
          },
        ],
        occurrences: [],
        rejections: [],
        unlisted: 0,
      },
    ]);
  });

  it('gives every message its own results', () => {
    const feeds = compile(REALTIME);
    const first = feeds.map(message('slj/dj/1/rt', { ts: NOW, z: 1 }));
    const second = feeds.map(message('slj/dj/2/rt', { ts: NOW, z: 2 }));
    first[0]?.readings[0]?.flags.push('range');
    expect(second[0]?.readings[0]).toMatchObject({ key: '2', value: 2, flags: [] });
    expect(feeds.map(message('slj/dj/1/rt', { ts: NOW, z: 1 }))[0]?.readings[0]?.flags).toEqual([]);
  });

  it('takes any number of topics alike, also those it has seen', () => {
    const feeds = compile(
      feed('a', { topic: 'plant/{site}/{n}', exclude: ['plant/x/+'], asset: 'pump/{site}-{n}' }),
      feed('b', { topic: ['{any...}/7', 'plant/{site}/8'], asset: 'all/{site}', readings: { level: { path: 'v' } } }),
    );
    const taken = (topic: string) =>
      feeds.map(message(topic, { v: 1 })).map(({ feed, readings }) => `${feed} ${readings[0]?.key ?? ''}`.trim());
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 3000; i++) {
        const key = `s${i % 50}-${i}`;
        const also = i === 7 ? ['b'] : i === 8 ? ['b s8'] : [];
        expect(taken(`plant/s${i % 50}/${i}`)).toEqual([`a ${key}`, ...also]);
      }
      for (const topic of ['plant/x/1', 'other/x/1', '', '/', 'plant']) expect(taken(topic)).toEqual([]);
      expect(taken('other/x/7')).toEqual(['b']);
    }
  });

  it('says what to subscribe to, once a filter', () => {
    const feeds = compile(
      feed('a', { topic: ['x/{b}', 'y/#'], qos: 0 }),
      feed('b', { topic: 'x/{c}' }),
      feed('c', { topic: 'x/+', priority: 'high' }),
      feed('d', { topic: 'x/+', broker: 'other' }),
    );
    expect(feeds.subscriptions).toEqual([
      { filter: 'x/+', qos: 1, broker: 'default', priority: 'normal', feedIds: ['a', 'b'] },
      { filter: 'y/#', qos: 0, broker: 'default', priority: 'normal', feedIds: ['a'] },
      { filter: 'x/+', qos: 1, broker: 'default', priority: 'high', feedIds: ['c'] },
      { filter: 'x/+', qos: 1, broker: 'other', priority: 'normal', feedIds: ['d'] },
    ]);
  });

  it('matches topics with their exclusions, and maps nothing for others', () => {
    const feeds = compile(feed('z', { topic: 'z/{n...}', exclude: ['z/bridge/#', 'z/{n...}/set'] }));
    expect(['z/a', 'z/a/b', 'z/bridge', 'z/bridge/state', 'z/a/set', 'y'].map((topic) => feeds.match(topic))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(feeds.map(message('y', { v: 1 }))).toEqual([]);
    expect(feeds.listen('y')).toBeNull();
    expect(feeds.listen('z/a/set')).toBeNull();
    expect(feeds.listen('z/a')?.(message('z/a', { v: 1 }))).toEqual(feeds.map(message('z/a', { v: 1 })));
  });

  it('takes the captures of whichever topic matched', () => {
    const feeds = compile(
      feed('z', { topic: ['a/{x}/{y}', 'b/{y}'], asset: 'a/{y}', readings: { m: { from: 'topic', path: 'y' } } }),
    );
    expect(feeds.map(message('a/1/2', {}))[0]?.readings[0]).toMatchObject({ key: '2', value: '2' });
    expect(feeds.map(message('b/3', {}))[0]?.readings[0]).toMatchObject({ key: '3', value: '3' });
  });
});

describe('who takes a message', () => {
  const when = (is: string): Partial<FeedSpec> => ({ when: { path: 'kind', is } });
  it('every feed whose condition holds, in order', () => {
    const feeds = compile(feed('a', when('A')), feed('b', {}), feed('c', when('B')));
    expect(feeds.map(message('t', { kind: 'B', v: 1 })).map((result) => result.feed)).toEqual(['b', 'c']);
  });
  it('otherwise: only if none before it did', () => {
    const feeds = compile(feed('a', when('A')), feed('rest', { otherwise: true, ignore: true }));
    expect(feeds.map(message('t', { kind: 'A', v: 1 })).map((result) => result.feed)).toEqual(['a']);
    expect(feeds.map(message('t', { kind: 'X', v: 1 }))).toEqual([
      { feed: 'rest', readings: [], occurrences: [], rejections: [], unlisted: 0 },
    ]);
  });
  it('nobody: one rejection', () => {
    const feeds = compile(feed('a', when('A')), feed('b', when('B')));
    expect(feeds.map(message('t', { kind: 'C', v: 1 }))).toMatchObject([
      { feed: 'a', rejections: [{ reason: 'no-feed' }] },
    ]);
  });
  it('decodes once for feeds of one way, and rejects once what none can read', () => {
    let decoded = 0;
    const decoders = { counted: () => () => ({ v: ++decoded }) };
    const feeds = compileFeeds([feed('a', { decode: 'counted' }), feed('b', { decode: 'counted' })], {
      system: 's',
      decoders,
    });
    expect(feeds.map(message('t', '')).map((result) => result.readings[0]?.value)).toEqual([1, 1]);
    const json = compile(feed('a', {}), feed('b', {}));
    expect(json.map(message('t', '{'))).toMatchObject([{ feed: 'a', rejections: [{ reason: 'decode' }] }]);
  });
  it('another way of reading may take what the first could not', () => {
    const feeds = compile(feed('a', {}), feed('word', { otherwise: true, decode: 'text', readings: { level: '@' } }));
    expect(feeds.map(message('t', 'online'))).toMatchObject([
      { feed: 'word', readings: [{ value: 'online' }], rejections: [] },
    ]);
  });
  it('retained: ignore takes stored messages and yields nothing', () => {
    expect(mapOne({ ...LEVEL, retained: 'ignore' }, { v: 1 }, {}, { retained: true }).readings).toEqual([]);
    expect(mapOne({ ...LEVEL, retained: 'ignore' }, { v: 1 }).readings).toHaveLength(1);
    expect(mapOne(LEVEL, { v: 1 }, {}, { retained: true }).readings[0]?.flags).toEqual(['no-time', 'retained']);
  });
});

describe('event time', () => {
  const at = (ts: unknown, more: Partial<FeedSpec> = {}, maxAge?: number) => {
    const [reading] = mapOne(
      { ...LEVEL, at: { path: 'ts', as: 'unix_ms' }, ...more },
      { v: 1, ts },
      { maxAge },
    ).readings;
    return reading && { at: reading.at, quality: reading.quality, flags: reading.flags };
  };
  it('is the measured one within reason', () => {
    for (const ts of [NOW, NOW - 86_400_000 * 365, NOW + 300_000, Date.parse('2000-01-01T00:00:00Z')]) {
      expect(at(ts)).toEqual({ at: ts, quality: 'good', flags: [] });
    }
  });
  it('is that of receipt, uncertain and flagged, before 2000, in the future, or at no instant', () => {
    for (const ts of [
      0,
      1.61,
      -5,
      NOW + 300_001,
      Date.parse('2099-01-01'),
      Date.parse('1999-12-31T23:59:59Z'),
      '1e19',
    ]) {
      expect(at(ts)).toEqual({ at: NOW, quality: 'uncertain', flags: ['clock'] });
    }
    expect(at('2026-09-31T00:00:00Z', { at: { path: 'ts', as: 'iso' } })).toEqual({
      at: NOW,
      quality: 'uncertain',
      flags: ['clock'],
    });
  });
  it('is that of receipt where the message has none', () => {
    for (const ts of [undefined, null, ''])
      expect(at(ts)).toEqual({ at: NOW, quality: 'uncertain', flags: ['no-time'] });
  });
  it('is not believed beyond the age a pack allows', () => {
    expect(at(NOW - 86_400_000, {}, 86_400_000)).toMatchObject({ at: NOW - 86_400_000 });
    expect(at(NOW - 86_400_001, {}, 86_400_000)).toMatchObject({ at: NOW, flags: ['clock'] });
  });
  it('unreadable: rejected once, though several readings need it', () => {
    const result = mapOne(
      { asset: 'a/1', at: { path: 'ts', as: 'iso' }, readings: { a: 'v', b: 'v' } },
      { v: 1, ts: 'noon' },
    );
    expect(result.readings).toEqual([]);
    expect(result.rejections).toMatchObject([{ reason: 'time' }]);
  });
  it('alternatives: the first that is there and can be read', () => {
    const forms: Partial<FeedSpec> = {
      at: [
        { path: 'ts', as: 'iso' },
        { path: 'ts', as: 'unix_s' },
        { path: 'ms', as: 'unix_ms', when: { path: 'v', is: 1 } },
      ],
    };
    expect(at('1783578900', forms)).toMatchObject({ at: 1783578900000 });
    expect(mapOne({ ...LEVEL, ...forms }, { v: 1, ms: NOW - 7 }).readings[0]?.at).toBe(NOW - 7);
    expect(mapOne({ ...LEVEL, ...forms }, { v: 2, ms: NOW - 7 }).readings[0]?.flags).toEqual(['no-time']);
  });
  it('of a value goes before that of the feed', () => {
    const spec: Partial<FeedSpec> = {
      asset: 'a/1',
      at: { path: 'ts', as: 'unix_ms' },
      readings: { x: { path: 'v', at: { path: 'own', as: 'unix_s' } }, y: 'v' },
    };
    expect(mapOne(spec, { v: 1, ts: NOW - 5, own: 1783578000 }).readings.map((reading) => reading.at)).toEqual([
      1783578000000,
      NOW - 5,
    ]);
    expect(mapOne(spec, { v: 1, ts: NOW - 5 }).readings.map((reading) => reading.at)).toEqual([NOW - 5, NOW - 5]);
    expect(mapOne(spec, { v: 1, ts: 'x', own: 1783578000 })).toMatchObject({
      readings: [{ metric: 'x', at: 1783578000000 }],
      rejections: [{ reason: 'time' }],
    });
  });
});

describe('limits and hostile payloads', () => {
  it('rejects what is too large, too deep, too many', () => {
    expect(mapOne(LEVEL, `{"v":"${'x'.repeat(1_048_576)}"}`).rejections).toMatchObject([{ reason: 'too-large' }]);
    expect(mapOne(LEVEL, '['.repeat(40)).rejections).toMatchObject([{ reason: 'too-deep' }]);
    const many = mapOne({ ...LEVEL, each: '@' }, Array(10_001).fill({ v: 1 }));
    expect(many.readings).toHaveLength(10_000);
    expect(many.rejections).toMatchObject([{ reason: 'too-many' }]);
    expect(mapOne(LEVEL, '{"v":123}', { limits: { bytes: 8 } }).rejections).toMatchObject([{ reason: 'too-large' }]);
  });
  it('lists a hundred rejections and counts the rest', () => {
    const result = mapOne({ ...LEVEL, each: '@' }, Array(350).fill({}));
    expect(result.rejections).toHaveLength(100);
    expect(result.unlisted).toBe(250);
  });
  it('rejects numbers that are not finite, objects, and endless texts', () => {
    const values = ['1e999', '-1e999', '{}', '[]', JSON.stringify('x'.repeat(9000))];
    expect(values.map((value) => mapOne(LEVEL, `{"v":${value}}`).rejections[0]?.reason)).toEqual([
      'value',
      'value',
      'type',
      'type',
      'value',
    ]);
  });
  it('neither reads nor writes a prototype', () => {
    const text = '{"__proto__":{"v":1},"constructor":{"prototype":{"v":1}}}';
    expect(mapOne(LEVEL, text).rejections).toMatchObject([{ reason: 'missing', path: 'v' }]);
    const names = mapOne(
      { asset: 'a/1', each: '*', readings: [{ metric: '{key}', path: '@.v', optional: true }] },
      text,
    );
    expect(names.readings).toEqual([]);
    expect(names.rejections).toMatchObject([{ reason: 'metric', path: '__proto__.v' }]);
    expect(({} as Record<string, unknown>).v).toBeUndefined();
  });
  it('keeps asset and metric names within their rules', () => {
    const spec: Partial<FeedSpec> = { asset: '{@.type}/{@.key}', readings: [{ metric: '{@.m}', path: 'v' }] };
    const reasons = [
      { type: 'pump', key: '1', m: 'level', v: 1 },
      { type: 'Pump', key: '1', m: 'level', v: 1 },
      { type: 'pump', key: '', m: 'level', v: 1 },
      { type: 'pump', key: 'a\u0000', m: 'level', v: 1 },
      { type: 'pump', key: 'k'.repeat(201), m: 'level', v: 1 },
      { type: 'pump', m: 'level', v: 1 },
      { type: 'pump', key: {}, m: 'level', v: 1 },
      { type: 'pump', key: '1', m: '水位', v: 1 },
      { type: 'pump', key: '1', v: 1 },
    ].map((payload) => mapOne(spec, payload).rejections[0]?.reason ?? 'mapped');
    expect(reasons).toEqual(['mapped', 'asset', 'asset', 'asset', 'asset', 'asset', 'asset', 'metric', 'metric']);
  });
  it('remembers no endless number of topics', () => {
    const feeds = compile(REALTIME);
    const payload = bytes({ ts: NOW, z: 1 });
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = held();
    for (let i = 0; i < 200_000; i++) feeds.match(`slj/dj/${i}/rt`);
    for (let i = 0; i < 300; i++) feeds.match(`slj/dj/${'x'.repeat(60_000)}${i}/rt`);
    expect(held() - before).toBeLessThan(40 * 1024 * 1024);
    expect(feeds.map({ ...message('slj/dj/7/rt', ''), payload })[0]?.readings).toHaveLength(1);
  });
});

describe('what is wrong in a feed', () => {
  const problems = (more: Partial<FeedSpec>) =>
    checkFeeds([feed('f', more)], { system: 's' }).map(({ path, message: said }) => `${path.join('.')}: ${said}`);

  it.each<[string, Partial<FeedSpec>, RegExp]>([
    ['a topic', { topic: 'a/{b' }, /^0\.topic: .*without/],
    ['one of several topics', { topic: ['a', 'b/#/c'] }, /^0\.topic\.1: /],
    ['an exclusion', { exclude: ['a//{'] }, /^0\.exclude\.0: /],
    ['a decoder', { decode: 'jsn' }, /^0\.decode: .*is no decoder/],
    ['a path', { readings: { m: 'a..b' } }, /^0\.readings\.m: /],
    [
      'an operator',
      { readings: { m: { path: 'v', ops: ['number', { scale: 'x' }] } } },
      /^0\.readings\.m\.ops\.1: scale must be/,
    ],
    ['a source', { readings: { m: { from: 'let' } } }, /^0\.readings\.m: .*name/],
    ['no source', { readings: { m: { optional: true } } }, /needs path/],
    ['a capture', { readings: { m: { from: 'topic', path: 'x' } } }, /does not capture/],
    ['a placeholder', { asset: 'a/{x}' }, /^0\.asset: \{x\} is not known/],
    ['an asset type', { asset: 'Pump/1' }, /^0\.asset: .*no asset type/],
    ['an asset without a type', { asset: 'pump' }, /^0\.asset: .*type\/key/],
    ['no asset', { asset: undefined }, /names no asset/],
    ['a metric name', { readings: { 水位: 'v' } }, /^0\.readings\.水位: .*no metric name/],
    ['a metric template', { readings: [{ metric: '{x}', path: 'v' }] }, /^0\.readings\.0\.metric: /],
    ['a condition', { when: { path: 'a' } }, /^0\.when: a condition needs/],
    [
      'a condition deep inside',
      { when: { all: [{ not: { any: [{ path: 'a', matches: '(a+)+' }] } }] } },
      /^0\.when\.all\.0\.not\.any\.0: /,
    ],
    ['a time form', { at: { path: 'a', as: 'pattern' } }, /^0\.at: .*needs a pattern/],
    ['a zone', { at: [{ path: 'a', as: 'iso', zone: 'Mars' }] }, /^0\.at\.0: .*no time zone/],
    ['a fan-out', { each: ['a.*', { path: 'b', only: ['x'] }] }, /^0\.each\.1: only and except/],
    ['a datum', { readings: { p: { place: { lon: 'x', lat: 'y', crs: 'MARS' } } } }, /^0\.readings\.p\.place\.crs: /],
    ['a let', { let: { key: 'v' } }, /^0\.let\.key: /],
    ['a let before its time', { let: { a: { from: 'let', path: 'b' }, b: 'v' } }, /^0\.let\.a: /],
    ['a duration', { expect: '5 minutes' }, /^0\.expect: .*no duration/],
    ['a quiet time', { quiet: '22-6' }, /^0\.quiet: /],
    [
      'a field name',
      { occurrences: [{ id: 'a', type: 'x', status: 'b', fields: { 'a b': 'c' } }] },
      /^0\.occurrences\.0\.fields\.a b: /,
    ],
    [
      'a stale age',
      { occurrences: [{ id: 'a', type: 'x', status: 'b', staleAfter: 0 }] },
      /^0\.occurrences\.0\.staleAfter: /,
    ],
    ['nothing to yield', { readings: undefined }, /needs readings/],
  ])('%s', (_what, more, said) => {
    expect(problems(more).join('\n')).toMatch(said);
  });

  it('all of it at once, with the feed and the place', () => {
    const broken = [
      feed('a', { decode: 'x', readings: { m: { path: 'v', ops: ['nope'] } } }),
      feed('a', { topic: '' }),
    ];
    expect(() => compileFeeds(broken, { system: 's' })).toThrow(FeedsRefused);
    expect(checkFeeds(broken, { system: 's' }).map(({ path }) => path)).toEqual([
      [0, 'decode'],
      [0, 'readings', 'm', 'ops', 0],
      [1, 'id'],
      [1, 'topic'],
    ]);
    expect(checkFeeds([feed('a', {})], { system: 's', zone: 'Mars' })).toMatchObject([{ path: [] }]);
    expect(checkFeeds([feed('a', {})], { system: 's' })).toEqual([]);
  });
});
