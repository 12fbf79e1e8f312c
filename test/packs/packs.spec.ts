import type { CompiledFeeds, FeedSpec } from '@citywall/mapping';
import { type Pack, parsePack, runCase, runTimeline, showProblem } from '@citywall/pack-schema';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { compilePack } from '../../apps/server/src/packs/compile.js';
import { DECODERS } from '../../apps/server/src/packs/decoders.js';
import { loaded, packs, texts } from '../support/builtin-packs.js';
import { recipePack } from '../support/recipe-pack.js';

const systems = packs.filter((pack) => pack.kind === 'system');
const named = (list: readonly Pack[]) => list.map((pack): [string, Pack] => [pack.id, pack]);

describe('every pack', () => {
  it.each([...loaded.keys()])('%s is without a problem', (id) => {
    expect(loaded.get(id)?.problems.map(showProblem)).toEqual([]);
  });

  it('has its own place in the order and its own words', () => {
    expect(new Set(packs.map(({ order }) => order)).size).toBe(packs.length);
    expect(new Set(packs.map(({ short }) => short.zh)).size).toBe(packs.length);
    expect(new Set(packs.map(({ name }) => name.en)).size).toBe(packs.length);
  });

  it('scene ids are unique over all packs', () => {
    const ids = packs.flatMap((pack) => pack.scenes.map(({ id }) => id));
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids).toContain('overview');
  });
});

/** Metric names a feed may bring; null where only a message can tell. */
function metricsOf(feed: FeedSpec): { type: string; metric: string }[] | null {
  const { readings, asset } = feed;
  if (readings === undefined) return [];
  const named: [string | undefined, string][] = Array.isArray(readings)
    ? readings.map((reading) => [reading.asset ?? asset, reading.metric])
    : Object.keys(readings).map((metric) => [asset, metric]);
  if (named.some(([of, metric]) => metric.includes('{') || of?.split('/')[0]?.includes('{'))) return null;
  return named.map(([of, metric]) => ({ type: of?.split('/')[0] ?? '', metric }));
}

describe.each(named(systems))('system %s', (_id, pack) => {
  let feeds: CompiledFeeds;
  beforeAll(() => {
    feeds = compilePack(pack);
  });

  it('every feed says how often it speaks, so that silence is noticed', () => {
    expect(pack.feeds.filter((feed) => feed.expect === undefined && feed.ignore !== true).map(({ id }) => id)).toEqual(
      [],
    );
  });

  it('every feed that brings readings has a time of measurement, unless its message is a bare word', () => {
    const timeless = pack.feeds.filter(
      (feed) => feed.readings !== undefined && feed.at === undefined && feed.decode !== 'text',
    );
    expect(timeless.map(({ id }) => id)).toEqual([]);
  });

  it('every metric of the catalogue is brought by a feed', () => {
    const brought = pack.feeds.map(metricsOf);
    if (brought.includes(null)) return;
    const names = new Set(brought.flatMap((list) => list ?? []).map(({ type, metric }) => `${type}/${metric}`));
    expect(pack.metrics.map((metric) => `${metric.type}/${metric.name}`).filter((name) => !names.has(name))).toEqual(
      [],
    );
  });

  it('every asset type says what it is expected to keep fresh, and that can become stale', () => {
    for (const [type, { expected }] of Object.entries(pack.assetTypes)) {
      expect({ type, expected }).not.toEqual({ type, expected: [] });
      for (const name of expected) {
        const metric = pack.metrics.find((entry) => entry.type === type && entry.name === name);
        expect({ type, name, staleAfter: metric?.staleAfter }).not.toEqual({ type, name, staleAfter: undefined });
      }
    }
  });

  it('every gauge has a unit and bounds', () => {
    const bare = pack.metrics.filter(
      ({ kind, unit, range }) => kind === 'gauge' && (unit === undefined || range === undefined),
    );
    expect(bare.map((metric) => `${metric.type}/${metric.name}`)).toEqual([]);
  });

  it('no declared asset is without a type that has metrics or occurrences', () => {
    const types = new Set(pack.metrics.map(({ type }) => type));
    expect(
      pack.assets.filter(({ type }) => !types.has(type) && Object.keys(pack.occurrenceTypes).length === 0),
    ).toEqual([]);
  });

  it('every alarm tells the operator what to do: without that it would be a notice', () => {
    expect(pack.alarms.filter(({ guidance }) => guidance === undefined).map(({ id }) => id)).toEqual([]);
  });

  it('texts of alarms name only what is there', () => {
    const attributes = new Set(pack.assets.flatMap((asset) => Object.keys(asset.attributes)));
    const words = new Set(['asset', 'value', 'unit', 'status', 'level', 'type', 'id', 'name', ...attributes]);
    for (const type of Object.values(pack.occurrenceTypes))
      for (const field of Object.keys(type.fields ?? {})) words.add(field);
    const strange = pack.alarms.flatMap(({ id, text, guidance }) =>
      [text.zh, text.en, guidance?.zh ?? '', guidance?.en ?? ''].flatMap((line) =>
        [...line.matchAll(/\{([^}]*)\}/g)]
          .filter(([, name]) => !words.has(name ?? ''))
          .map(([hole]) => `${id}: ${hole}`),
      ),
    );
    expect(strange).toEqual([]);
  });

  it('every feed that yields something is proven by a golden case', () => {
    const proven = new Set<string>();
    for (const { expect: wanted } of pack.cases) {
      for (const { feed } of [...wanted.readings, ...wanted.occurrences]) if (feed !== undefined) proven.add(feed);
    }
    const unproven = pack.feeds.filter(({ id, ignore }) => ignore !== true && !proven.has(id)).map(({ id }) => id);
    expect(unproven).toEqual([]);
  });

  it('a golden case shows what bad input becomes', () => {
    expect(pack.cases.some((spec) => spec.expect.rejections.length > 0)).toBe(true);
  });

  it.each(
    pack.cases.map((spec): [string, (typeof pack.cases)[number]] => [spec.file.split('/').slice(-1).join(), spec]),
  )('case %s', (_file, spec) => {
    expect(runCase(feeds, spec)).toEqual([]);
  });
});

describe.each(named(systems.filter(({ timelines }) => timelines.length > 0)))('timelines of %s', (_id, pack) => {
  it.each(
    pack.timelines.map((spec): [string, (typeof pack.timelines)[number]] => [
      spec.file.split('/').slice(-1).join(),
      spec,
    ]),
  )('%s', (_file, spec) => {
    expect(runTimeline(pack, spec)).toEqual([]);
  });
});

describe('every recipe', () => {
  it.each([...texts.recipes.keys()])('%s is taken by a pack that declares its types and nothing else', (name) => {
    const files = new Map(Object.entries(recipePack(name, 'try')));
    const { pack: parsed, problems } = parsePack(files, texts.recipes, { decoders: DECODERS });
    expect(problems.map(showProblem)).toEqual([]);
    expect(parsed?.feeds.length).toBeGreaterThan(0);
    expect(parsed?.feeds.every(({ id }) => id.startsWith('all-'))).toBe(true);
  });
});
