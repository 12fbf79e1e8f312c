import type { Occurrence } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import { JournalsService } from '../../../../../apps/server/src/api/journals.service.js';
import type { JournalReading, JournalRejection } from '../../../../../apps/server/src/state/index.js';
import { catalogue, metric, NOW, pack } from './fixture.js';

const urban = pack('urban', {
  metrics: [metric('car', 'plate', { kind: 'text' }), metric('car', 'speed', { unit: 'km/h' })],
  pii: { occurrences: { case: { reporter: 'phone', reporterName: 'name' } }, readings: { 'car/plate': 'plate' } },
  feeds: [
    { id: 'case', topic: 'urban/case', occurrences: [{ id: 'i', type: 'case', status: 's' }] },
    { id: 'cars', topic: 'urban/car', readings: { speed: 'v' } },
    { id: 'tagged', topic: 'urban/x', readings: { name: { path: 'n', pii: 'name' } } },
    { id: 'templated', topic: 'urban/y', occurrences: [{ id: 'i', type: '{kind}', status: 's' }] },
  ],
});
const water = pack('water', { feeds: [{ id: 'case', topic: 'slj/x' }] });
const AT = '2026-07-09T06:35:00.000Z';

function service(found: {
  readings?: JournalReading[];
  occurrences?: Occurrence[];
  rejections?: JournalRejection[];
  next?: string;
}) {
  const asked: object[] = [];
  const page =
    <Item>(items: Item[] = []) =>
    async (query: object) => {
      asked.push(query);
      return { items, next: found.next ?? null };
    };
  const state = {
    readings: page(found.readings),
    occurrences: page(found.occurrences),
    rejections: page(found.rejections),
  };
  return { journals: new JournalsService(catalogue(urban, water), state), asked };
}

const reading = (name: string, value: JournalReading['value']): JournalReading => ({
  seq: 12,
  system: 'urban',
  asset: 'urban/car/7',
  metric: name,
  value,
  at: NOW,
  receivedAt: NOW,
  quality: 'uncertain',
  origin: 'live',
  flags: ['clock'],
  feed: 'cars',
});

describe('readings', () => {
  it('have the shape of the contract', async () => {
    const { journals } = service({ readings: [reading('speed', 31)], next: '99' });
    const page = await journals.readings({ limit: 100 }, false);
    expect(page.items).toEqual([
      {
        seq: 12,
        feed: 'cars',
        asset: 'urban/car/7',
        metric: 'speed',
        value: 31,
        unit: 'km/h',
        at: AT,
        receivedAt: AT,
        quality: 'uncertain',
        origin: 'live',
        flags: ['clock'],
      },
    ]);
    expect(page.next).not.toBeNull();
  });

  it('hand state its own cursor back', async () => {
    const { journals, asked } = service({ next: 'position-of-state' });
    const { next } = await journals.readings({ limit: 5 }, false);
    await journals.readings({ limit: 5, cursor: next ?? '' }, false);
    expect(asked[1]).toMatchObject({ cursor: 'position-of-state', limit: 5 });
    await expect(journals.occurrences({ limit: 5, cursor: next ?? '' }, false)).rejects.toMatchObject({
      reason: 'invalid-parameter',
    });
  });

  it('mask personal metrics', async () => {
    const { journals } = service({ readings: [reading('plate', '渝FD12345')] });
    expect((await journals.readings({ limit: 1 }, false)).items[0]?.value).toBe('渝F***45');
    expect((await journals.readings({ limit: 1 }, true)).items[0]?.value).toBe('渝FD12345');
  });

  it('are narrowed: feed of all systems or of one, asset, time or seq', async () => {
    const { journals, asked } = service({});
    await journals.readings({ limit: 1, feed: 'case' }, false);
    await journals.readings({ limit: 1, feed: 'water/case' }, false);
    await journals.readings({ limit: 1, asset: 'urban/car/a/b', metric: 'speed' }, false);
    await journals.readings({ limit: 1, since: { at: 1_000 } }, false);
    await journals.readings({ limit: 1, since: { seq: 77 } }, false);
    expect(asked).toEqual([
      { systems: ['urban', 'water'], feed: 'case', limit: 1 },
      { systems: ['water'], feed: 'case', limit: 1 },
      { systems: ['urban'], asset: 'urban/car/a/b', metric: 'speed', limit: 1 },
      { systems: ['urban', 'water'], since: 1_000 * 4_096 - 1, limit: 1 },
      { systems: ['urban', 'water'], since: 77, limit: 1 },
    ]);
  });

  it.each([{ asset: 'nonsense' }, { asset: 'video/camera/1' }, { feed: 'video/x' }])(
    'of %p there are none',
    async (query) => {
      const { journals, asked } = service({ readings: [reading('speed', 1)] });
      expect(await journals.readings({ limit: 1, ...query }, false)).toEqual({ items: [], next: null });
      expect(asked).toEqual([]);
    },
  );
});

describe('occurrences', () => {
  const occurrence: Occurrence = {
    id: 'C-1',
    system: 'urban',
    type: 'case',
    at: NOW,
    receivedAt: NOW,
    status: '受理',
    place: { lon: 107.3, lat: 30.3 },
    fields: { reporter: '13812345678', reporterName: '欧阳修', text: '联系 13812345678', n: 3 },
    origin: 'simulated',
  };

  it('have the shape of the contract, personal fields masked', async () => {
    const { journals } = service({ occurrences: [occurrence] });
    expect((await journals.occurrences({ limit: 1 }, false)).items).toEqual([
      {
        id: 'C-1',
        system: 'urban',
        type: 'case',
        at: AT,
        receivedAt: AT,
        status: '受理',
        place: { lon: 107.3, lat: 30.3 },
        fields: { reporter: '138****5678', reporterName: '欧阳**', text: '联系 138****5678', n: 3 },
        origin: 'simulated',
      },
    ]);
    expect((await journals.occurrences({ limit: 1 }, true)).items[0]?.fields).toEqual(occurrence.fields);
  });

  it('of a type named like a prototype member are masked like others', async () => {
    const { journals } = service({ occurrences: [{ ...occurrence, type: 'constructor' }] });
    expect((await journals.occurrences({ limit: 1 }, false)).items[0]?.fields.text).toBe('联系 138****5678');
  });
});

describe('rejections', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const rejection = (feed: string, text: string): JournalRejection => ({
    id: '1-0',
    system: 'urban',
    feed,
    topic: 'urban/x',
    reason: 'type',
    detail: `'13812345678' is not a number`,
    path: 'v',
    receivedAt: NOW,
    payload: base64(text),
    truncated: false,
  });
  const payloadOf = async (feed: string, text: string, administrator = false) =>
    (await service({ rejections: [rejection(feed, text)] }).journals.rejections({ limit: 1 }, administrator)).items[0];

  it('have the shape of the contract', async () => {
    expect(await payloadOf('cars', '{"v":"x"}')).toEqual({
      id: '1-0',
      feed: 'cars',
      topic: 'urban/x',
      reason: 'type',
      detail: `'138****5678' is not a number`,
      path: 'v',
      receivedAt: AT,
      payload: base64('{"v":"x"}'),
      truncated: false,
    });
  });

  it.each(['case', 'tagged', 'templated', 'gone'])(
    'of feed %s, which can hold personal fields, show no payload',
    async (feed) => {
      expect(await payloadOf(feed, '{"name":"张三"}')).toMatchObject({ payload: '', truncated: true });
      expect(await payloadOf(feed, '{"name":"张三"}', true)).toMatchObject({
        payload: base64('{"name":"张三"}'),
        truncated: false,
      });
    },
  );

  it('of other feeds show it without numbers of phones', async () => {
    expect((await payloadOf('cars', 'call 13812345678'))?.payload).toBe(base64('call 138****5678'));
    const binary = Buffer.from([0xff, 0x00, 0xfe]).toString('base64');
    const { journals } = service({ rejections: [{ ...rejection('cars', ''), payload: binary }] });
    expect((await journals.rejections({ limit: 1 }, false)).items[0]?.payload).toBe(binary);
  });
});
