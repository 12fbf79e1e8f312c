import { compileFeeds, type FeedSpec } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { parseRejectionId } from '../../../../../apps/server/src/inspector/rejection-id.js';
import { RerunService } from '../../../../../apps/server/src/inspector/rerun.service.js';
import { readingMarks } from '../../../../../apps/server/src/readings/reading-mark.js';
import type { ApplyResult, QuarantinedMessage, StateBatch } from '../../../../../apps/server/src/state/index.js';
import { pack } from '../api/fixture.js';

const NOW = 1_800_000_000_000;
const FEEDS: FeedSpec[] = [
  { id: 'a', topic: 't/x', each: 'items', asset: 'node/{@.k}', readings: { v: { path: 'v', ops: ['number'] } } },
  { id: 'b', topic: 't/x', asset: 'node/b', readings: { n: { path: 'n', ops: ['number'] } } },
];

const kept = (more: Partial<QuarantinedMessage> = {}): QuarantinedMessage => ({
  system: 'lab',
  entry: '1-0',
  feed: 'a',
  topic: 't/x',
  receivedAt: NOW - 1_000,
  payload: Buffer.from(
    JSON.stringify({
      n: 1,
      items: [
        { k: 'p', v: 1 },
        { k: 'q', v: 2 },
      ],
    }),
  ),
  truncated: false,
  rejections: [{ reason: 'type', detail: 'x', path: 'items[1].v' }],
  origin: 'simulated',
  retained: false,
  had: readingMarks([{ typeKey: 'node/p', metric: 'v', at: NOW - 1_000 }]),
  ...more,
});

/** A service over a made-up quarantine; every batch that reaches state. */
function open(messages: QuarantinedMessage[], result: Partial<ApplyResult> = {}, feeds = FEEDS) {
  const batches: StateBatch[] = [];
  const system = pack('lab', { feeds });
  const compiled = compileFeeds(feeds, { system: 'lab' });
  const packs = {
    all: () => [system],
    get: (id: string) => (id === 'lab' ? system : undefined),
    compiled: () => compiled,
    metric: () => undefined,
    asset: () => undefined,
  };
  const state = {
    apply: async (_system: string, batch: StateBatch) => {
      batches.push(batch);
      const { readings, occurrences } = batch;
      return {
        repeated: false,
        accepted: readings.length,
        duplicates: 0,
        late: 0,
        occurrences: occurrences.length,
        feeds: new Map(),
        refused: [],
        ...result,
      };
    },
    quarantined: async function* () {
      yield* messages;
    },
    quarantinedOne: async (_system: string, entry: string) => messages.find((each) => each.entry === entry) ?? null,
  };
  return { service: new RerunService(packs, state, () => NOW), batches, compiled };
}

describe('RerunService', () => {
  it('an old birth that is run again teaches the live feeds nothing', async () => {
    const says = (kind: string, seq: number, metric: object) => ({
      topic: `spBv1.0/g/${kind}/n`,
      payload: Buffer.from(JSON.stringify({ seq, metrics: [metric] })),
    });
    const feed: FeedSpec = {
      id: 'node',
      topic: 'spBv1.0/{group}/{kind}/{node}',
      decode: 'sparkplug-b',
      each: 'metrics',
      asset: 'node/{node}',
      readings: [{ metric: '{@.name}', path: 'value' }],
    };
    const old = kept({ ...says('NBIRTH', 0, { name: 'old', alias: 1, value: 1 }), feed: 'node', had: Buffer.alloc(0) });
    const { service, batches, compiled } = open([old], {}, [feed]);
    const live = { receivedAt: NOW, retained: false, origin: 'live' as const };
    compiled.map({ ...says('NBIRTH', 0, { name: 'new', alias: 1, value: 1 }), ...live });
    await service.rerun({});
    expect(batches).toMatchObject([{ readings: [{ metric: 'old' }] }]);
    const [later] = compiled.map({ ...says('NDATA', 1, { alias: 1, value: 2 }), ...live });
    expect(later).toMatchObject({ readings: [{ metric: 'new', value: 2 }], rejections: [] });
  });

  it('brings only what the message did not bring, as it came, and settles it in the same call', async () => {
    const { service, batches } = open([kept()]);
    expect(await service.rerun({})).toEqual({
      tried: 1,
      mapped: 1,
      stillRejected: 0,
      truncated: 0,
      readings: 1,
      occurrences: 0,
    });
    expect(batches).toMatchObject([
      {
        settles: ['1-0'],
        rejections: [],
        feeds: [],
        readings: [{ typeKey: 'node/q', value: 2, receivedAt: NOW - 1_000, origin: 'simulated', feed: 'a' }],
      },
    ]);
  });

  it('takes what nobody took for all feeds of the topic', async () => {
    const { service, batches } = open([
      kept({ rejections: [{ reason: 'decode', detail: 'x' }], had: new Uint8Array() }),
    ]);
    await service.rerun({});
    expect(batches[0]?.readings.map(({ typeKey }) => typeKey)).toEqual(['node/p', 'node/q', 'node/b']);
  });

  it('finds the feed under another name, less what had been brought', async () => {
    const { service, batches } = open([kept({ feed: 'renamed' })]);
    await service.rerun({});
    expect(batches[0]?.readings.map(({ typeKey }) => typeKey)).toEqual(['node/q', 'node/b']);
  });

  it('writes nothing where nothing changed, and remembers more where it did', async () => {
    const bad = Buffer.from(
      JSON.stringify({
        items: [
          { k: 'p', v: 1 },
          { k: 'q', v: 'x' },
        ],
      }),
    );
    const same = open([
      kept({ payload: bad, rejections: [{ reason: 'type', detail: 'old words', path: 'items[1].v' }] }),
    ]);
    expect(await same.service.rerun({})).toMatchObject({ tried: 1, mapped: 0, stillRejected: 1 });
    expect(same.batches).toEqual([]);
    const more = open([kept({ payload: bad, had: new Uint8Array() })]);
    expect(await more.service.rerun({})).toMatchObject({ tried: 1, stillRejected: 1, readings: 1 });
    const [still] = more.batches[0]?.rejections ?? [];
    expect(still).toMatchObject({ feed: 'a', counted: true, origin: 'simulated' });
    expect(still?.had).toHaveLength(8);
  });

  it('leaves alone what is kept in part, what nobody listens to, and what somebody else settled', async () => {
    const { service, batches } = open([kept({ truncated: true }), kept({ topic: 'gone' })]);
    expect(await service.rerun({})).toMatchObject({ tried: 1, stillRejected: 1, truncated: 1 });
    expect(batches).toEqual([]);
    const late = open([kept()], { repeated: true, accepted: 0 });
    expect(await late.service.rerun({})).toMatchObject({ tried: 0, mapped: 0, readings: 0 });
  });

  it('keeps in quarantine what is one asset too many', async () => {
    const refused = [{ typeKey: 'node/q', feed: 'a', limit: 'assets' as const }];
    const { service, batches } = open([kept()], { accepted: 0, refused });
    expect(await service.rerun({})).toMatchObject({ mapped: 0, stillRejected: 1, readings: 0 });
    expect(batches[1]).toMatchObject({
      settles: [],
      rejections: [{ feed: 'a', rejections: [{ reason: 'asset-limit' }] }],
    });
  });

  it('runs each message once, however many of its rejections are named', async () => {
    const { service } = open([kept()]);
    const ids = ['lab-1-0-0', 'lab-1-0-1', 'lab-2-0-0', 'nonsense'];
    expect(await service.rerun({ ids })).toMatchObject({ tried: 1, mapped: 1 });
    expect(await service.rerun({ ids, reason: 'decode' })).toMatchObject({ tried: 0 });
  });
});

describe('ids of rejections', () => {
  it('are read from their end: a system may hold dashes', () => {
    expect(parseRejectionId('my-city-5-0-2')).toEqual({ system: 'my-city', entry: '5-0', index: 2 });
    for (const wrong of ['', 'lab', 'lab-1-0', '1-0-0', 'lab-1-0-0 ', 'lab-1-0--1'])
      expect(parseRejectionId(wrong)).toBeNull();
  });
});
