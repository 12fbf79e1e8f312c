import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFeeds } from '@citywall/mapping';
import { parsePack } from '@citywall/pack-schema';
import { createSimulation, scaledPacks, valuesASecond } from '@citywall/simulator';
import { describe, expect, it } from '@jest/globals';
import { DECODERS } from '../../apps/server/src/packs/decoders.js';

/** The profile of scale: what it says of itself is so, and every message of it is understood. */
const root = join(import.meta.dirname, '../../profiles/scale');
const files = new Map(readdirSync(root).map((name) => [name, readFileSync(join(root, name), 'utf8')]));
const { pack, problems } = parsePack([{ root, files }], new Map(), { id: 'scale' });
if (pack === undefined) throw new Error(JSON.stringify(problems));
const NOON = Date.parse('2026-07-09T12:00:00+08:00');

describe('the profile of scale', () => {
  it('has 100,000 assets and 20,000 values a second', () => {
    expect(problems).toEqual([]);
    const crowd = pack.simulator?.crowd ?? [];
    expect(crowd.reduce((all, { count }) => all + count, 0)).toBe(100_000);
    expect(pack.simulator === null ? 0 : valuesASecond(pack.simulator)).toBe(20_000);
  });

  it('is understood whole, and tells as many readings as it says', () => {
    const small = scaledPacks([pack], { assets: 1000, rate: 200 });
    const feeds = compileFeeds(pack.feeds, { system: 'scale', zone: pack.zone, decoders: DECODERS });
    const encoder = new TextEncoder();
    const results = createSimulation(small, { seed: 'citywall' })
      .between(NOON, NOON + 10_000)
      .flatMap(({ topic, payload, due }) =>
        feeds.map({
          topic,
          payload: typeof payload === 'string' ? encoder.encode(payload) : payload,
          receivedAt: due,
          retained: false,
          origin: 'simulated',
        }),
      );
    expect(results.flatMap(({ rejections }) => rejections)).toEqual([]);
    const readings = results.flatMap((result) => result.readings);
    expect(readings).toHaveLength(2000);
    expect(new Set(readings.map(({ type, key }) => `${type}/${key}`)).size).toBe(1000);
  });
});
