import { simulatorLife } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { createLives } from '../../../../libs/simulator/src/lives.js';
import { assetOf, cityOf, NOON } from './city.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const livesOf = (spec: object, assets = [assetOf('A', { homes: 1 }), assetOf('B', { homes: 9 }), assetOf('C')]) =>
  createLives(
    simulatorLife.parse({
      id: 'case',
      topic: 't',
      every: '30m',
      code: '{key}-{n}',
      near: 'reservoir',
      stages: [{ id: 'open' }],
      payload: { json: { key: '{key}', code: '{code}', homes: { $: 'attribute.homes', optional: true } } },
      ...spec,
    }),
    { system: 'x', assets, city: cityOf(), stamp: (moment: number) => moment } as never,
  );
const bodies = (messages: { payload: string | Uint8Array }[]) =>
  messages.map(({ payload }) => JSON.parse(String(payload)));

describe('where lives happen', () => {
  it('weighs the assets by an attribute; without it none happens there', () => {
    const told = bodies(livesOf({ weight: 'homes' }).between(NOON, NOON + 20 * DAY));
    const count = (key: string) => told.filter((body) => body.key === key).length;
    expect(told.length).toBeGreaterThan(900);
    expect(count('C')).toBe(0);
    expect(count('B') / count('A')).toBeGreaterThan(6);
    expect(count('B') / count('A')).toBeLessThan(13);
  });

  it('knows the attributes of its asset, and its key in the code', () => {
    const [first] = bodies(livesOf({ weight: 'homes' }).between(NOON, NOON + DAY));
    expect(first.homes).toBe(first.key === 'B' ? 9 : 1);
    expect(first.code).toMatch(new RegExp(`^${first.key}-\\d+$`));
  });

  it('draws numbers once a life', () => {
    const spec = {
      code: '{time:yyyyMMdd}-{n}',
      draw: { conf: [0.5, 0.99, 2], people: [1, 3] },
      stages: [{ id: 'open' }, { id: 'close', after: '1m' }],
      payload: { json: { code: '{code}', conf: { $: 'draw.conf' }, people: '{draw.people}' } },
    };
    const told = bodies(livesOf(spec).between(NOON, NOON + 5 * DAY));
    const byCode = new Map(told.map((body) => [body.code, body]));
    expect(told.every((body) => body.conf >= 0.5 && body.conf <= 0.99 && ['1', '2', '3'].includes(body.people))).toBe(
      true,
    );
    expect(new Set(told.map(({ conf }) => conf)).size).toBeGreaterThan(30);
    expect(told.filter((body) => byCode.get(body.code)?.conf !== body.conf)).toEqual([]);
  });
});

describe('lives of thirty days', () => {
  const spec = { stages: [{ id: 'open' }, { id: 'close', after: '30d' }], payload: { json: ['{code}', '{stage}'] } };

  it('end thirty days after they began, however the time is asked for', () => {
    const lives = livesOf(spec);
    const whole = lives.between(NOON, NOON + 2 * HOUR);
    const parts = Array.from({ length: 720 }, (_, i) =>
      lives.between(NOON + i * 10_000, NOON + (i + 1) * 10_000),
    ).flat();
    const sorted = (messages: typeof whole) => messages.map(({ due, payload }) => `${due} ${payload}`).sort();
    expect(sorted(parts)).toEqual(sorted(whole));
    expect(whole.filter(({ payload }) => String(payload).includes('close')).length).toBeGreaterThanOrEqual(3);
    const fresh = livesOf(spec).between(NOON + HOUR, NOON + 2 * HOUR);
    expect(sorted(fresh)).toEqual(sorted(whole.filter(({ due }) => due > NOON + HOUR)));
  });
});
