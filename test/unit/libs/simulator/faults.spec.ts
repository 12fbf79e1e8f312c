import { FAULT_KINDS, type FaultKind, faultSpec } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { simulatorFile } from '../../../../libs/pack-schema/src/files/simulator.js';
import type { Fault } from '../../../../libs/simulator/src/faults/faults.js';
import { createSimulation, type SimulatedPack } from '../../../../libs/simulator/src/simulation.js';
import type { SimulatedMessage } from '../../../../libs/simulator/src/simulation.types.js';
import { assetOf, NOON } from './city.js';

const MINUTE = 60_000;
const FROM = NOON + 10 * MINUTE;
const UNTIL = NOON + 20 * MINUTE;
const END = NOON + 30 * MINUTE;

const simulator = simulatorFile.parse({
  streams: [
    {
      id: 'level',
      of: 'reservoir',
      topic: 'wl/{key}',
      every: '1m',
      values: { z: { sum: [{ constant: 400 }, { noise: 5, over: '10m' }], decimals: 3 } },
      payload: { json: { k: '{key}', z: { $: 'value.z' }, t: { $: 'time.unix_ms' } } },
    },
    {
      id: 'rain',
      of: 'rain',
      by: 'all',
      topic: 'rain',
      every: '1m',
      values: { p: [{ noise: 5 }] },
      payload: { json: { $each: { k: '{key}', p: { $: 'value.p' }, t: { $: 'time.unix_ms' } } } },
    },
    {
      id: 'soil',
      of: 'soil',
      topic: 'soil/{key}',
      every: '1m',
      values: { m: [{ noise: 5 }] },
      payload: { lines: '{key},{time.unix_ms},{value.m}', header: 'k,t,m' },
    },
    {
      id: 'dust',
      of: 'site',
      topic: 'hj212/{key}',
      every: '1m',
      values: {},
      payload: { hj212: 'MN={key};CP=&&DataTime={time:yyyyMMddHHmmss}&&' },
    },
    {
      id: 'edge',
      of: 'machine',
      by: 'edge',
      topic: 'spBv1.0/G',
      every: '1m',
      values: { v: [{ constant: 1 }] },
      payload: { sparkplug: { births: '5m', metrics: [{ name: 'v', type: 'Float', value: 'value.v' }] } },
    },
  ],
  lives: [
    {
      id: 'case',
      topic: 'case/{stage}',
      every: '2m',
      code: '{n}',
      near: 'reservoir',
      stages: [{ id: 'open' }, { id: 'close', after: '5m' }],
      payload: { json: { id: '{code}', k: '{key}', t: { $: 'time.unix_ms' } } },
    },
  ],
});
const pack: SimulatedPack = {
  id: 'water',
  zone: 'Asia/Shanghai',
  simulator,
  assets: [
    ...['R1', 'R2'].map((key) => assetOf(key)),
    ...['P1', 'P2', 'P3'].map((key) => assetOf(key, {}, 'rain')),
    assetOf('S1', {}, 'soil'),
    assetOf('D1', {}, 'site'),
    ...['M1', 'M2'].map((key) => assetOf(key, { edge: 'G1' }, 'machine')),
  ],
};

function city(...faults: { kind: FaultKind; of: string; [more: string]: unknown }[]) {
  const timed = faults.map((fault): Fault => ({ ...faultSpec.parse(fault), from: FROM, until: UNTIL }));
  return createSimulation([pack], { seed: 1, faults: timed });
}
const plain = city().between(NOON, END);
const told = (...faults: Parameters<typeof city>) => city(...faults).between(NOON, END);
const of = (messages: SimulatedMessage[], source: string) => messages.filter((message) => message.source === source);
const during = ({ due }: { due: number }) => due >= FROM && due < UNTIL;
const body = ({ payload }: SimulatedMessage) => JSON.parse(String(payload));
const example: Record<string, object> = { clock: { by: '8h' }, spike: { add: 9 }, burst: { times: 5 } };

describe.each(FAULT_KINDS)('%s', (kind) => {
  const fault = { kind, of: 'water', ...example[kind] };
  const sorted = (messages: SimulatedMessage[]) =>
    messages.map(({ due, topic, payload }) => `${due} ${topic} ${Buffer.from(payload).toString('hex')}`).sort();

  it('tells the same however the time is asked for, and the same twice', () => {
    const whole = sorted(told(fault));
    expect(sorted(told(fault))).toEqual(whole);
    const one = city(fault);
    const steps = Array.from({ length: 200 }, (_, i) => one.between(NOON + i * 9000, NOON + (i + 1) * 9000)).flat();
    expect(sorted(steps)).toEqual(whole);
    const apart = [city(fault).between(NOON, FROM + 90_000), city(fault).between(FROM + 90_000, END)].flat();
    expect(sorted(apart)).toEqual(whole);
  });

  it('leaves everything before and other systems alone, and ends', () => {
    const all = told(fault);
    const earlier = (messages: SimulatedMessage[]) => sorted(messages.filter(({ due }) => due < FROM));
    const later = (messages: SimulatedMessage[]) =>
      sorted(messages.filter(({ due, topic }) => due > UNTIL + MINUTE && !topic.includes('BIRTH')));
    expect(earlier(all)).toEqual(earlier(plain));
    expect(later(all)).toEqual(later(plain));
    expect(sorted(all)).not.toEqual(sorted(plain));
    expect(told({ ...fault, of: 'wat' })).toEqual(plain);
    expect(told({ ...fault, of: 'water/lev' })).toEqual(plain);
  });

  it('meets the assets that are named and no other', () => {
    const all = told({ ...fault, of: 'water/level', assets: ['R1'] });
    const other = (messages: SimulatedMessage[]) => messages.filter(({ topic }) => topic !== 'wl/R1');
    expect(sorted(other(all))).toEqual(sorted(other(plain)));
    expect(sorted(all)).not.toEqual(sorted(plain));
  });
});

describe('what each does', () => {
  it('silence: nothing comes; of a message that many share one row is missing', () => {
    expect(told({ kind: 'silence', of: 'water/level' })).toEqual(
      plain.filter((message) => message.source !== 'water/level' || !during(message)),
    );
    const rows = of(told({ kind: 'silence', of: 'water/rain', assets: ['P2'] }), 'water/rain').filter(during);
    expect(rows).toHaveLength(10);
    for (const message of rows) expect(body(message).map(({ k }: { k: string }) => k)).toEqual(['P1', 'P3']);
    expect(of(told({ kind: 'silence', of: 'water', assets: ['P1', 'P2', 'P3'] }), 'water/rain').filter(during)).toEqual(
      [],
    );
  });

  it('garbage: payloads are cut off', () => {
    for (const message of of(told({ kind: 'garbage', of: 'water/level' }), 'water/level').filter(during)) {
      expect(() => body(message)).toThrow();
    }
  });

  it('check: another check sum of the same length; one in so many', () => {
    const dust = of(told({ kind: 'check', of: 'water/dust' }), 'water/dust').filter(during);
    const right = of(plain, 'water/dust').filter(during);
    const texts = dust.map(({ payload }) => Buffer.from(payload).toString());
    texts.forEach((text, i) => {
      const good = Buffer.from(right[i]?.payload ?? '').toString();
      expect([text.slice(0, -6), text.slice(-2), text.length]).toEqual([good.slice(0, -6), '\r\n', good.length]);
      expect(text.slice(-6)).not.toBe(good.slice(-6));
    });
    const some = of(told({ kind: 'check', of: 'water/level', share: 0.3 }), 'water/level').filter(during);
    const wrong = some.filter(
      (message) => !of(plain, 'water/level').some(({ payload }) => payload === message.payload),
    );
    expect(wrong.length).toBeGreaterThan(1);
    expect(wrong.length).toBeLessThan(14);
  });

  it('duplicate and burst: so many times as many; a burst of readings at moments of their own', () => {
    const count = (fault: Parameters<typeof city>[0], source: string) => of(told(fault), source).filter(during).length;
    expect(count({ kind: 'duplicate', of: 'water', times: 3 }, 'water/level')).toBe(60);
    expect(count({ kind: 'burst', of: 'water', times: 50 }, 'water/level')).toBe(1000);
    const burst = of(told({ kind: 'burst', of: 'water/level', times: 10 }), 'water/level').filter(during);
    expect(new Set(burst.map((message) => `${body(message).k} ${body(message).t}`)).size).toBe(200);
    const cases = of(plain, 'water/case').filter(during).length;
    expect(count({ kind: 'burst', of: 'water', times: 50 }, 'water/case')).toBe(50 * cases);
  });

  it('reorder: messages come later than others that were sent after, none is lost', () => {
    const all = of(told({ kind: 'reorder', of: 'water/level', within: '5m' }), 'water/level');
    const times = all.map((message) => body(message).t);
    expect(times).not.toEqual([...times].sort((a, b) => a - b));
    expect([...times].sort()).toEqual(
      of(plain, 'water/level')
        .map((message) => body(message).t)
        .sort(),
    );
    expect(all.every((message) => message.due - body(message).t <= 5 * MINUTE)).toBe(true);
  });

  it('clock and future: times are wrong, one way or each otherwise', () => {
    for (const message of of(told({ kind: 'clock', of: 'water', by: '-8h' }), 'water/level').filter(during)) {
      expect(body(message).t).toBe(message.due - 8 * 60 * MINUTE);
    }
    const ahead = of(told({ kind: 'future', of: 'water', by: '1d' }), 'water/level')
      .filter(during)
      .map((message) => body(message).t - message.due);
    expect(Math.min(...ahead)).toBeGreaterThan(0);
    expect(new Set(ahead).size).toBe(ahead.length);
    const row = of(told({ kind: 'clock', of: 'water/rain', assets: ['P2'], by: '8h' }), 'water/rain').filter(during);
    for (const message of row) expect(body(message)[1].t - body(message)[0].t).toBe(8 * 60 * MINUTE);
  });

  it('frozen: values stay, times go on', () => {
    const frozen = of(told({ kind: 'frozen', of: 'water/level', assets: ['R1'] }), 'water/level').filter(
      (message) => during(message) && message.topic === 'wl/R1',
    );
    expect(new Set(frozen.map((message) => body(message).z)).size).toBe(1);
    expect(frozen.every((message) => body(message).t === message.due)).toBe(true);
  });

  it('spike: one value, set, more, or so many times as much', () => {
    const first = (fault: object) => {
      const all = told({ kind: 'spike', of: 'water/level', ...fault });
      return body(of(all, 'water/level').filter(during)[0] as SimulatedMessage).z;
    };
    const normal = body(of(plain, 'water/level').filter(during)[0] as SimulatedMessage).z;
    expect(first({ set: 9999 })).toBe(9999);
    expect(first({ add: 9, value: 'z' })).toBeCloseTo(normal + 9, 3);
    expect(first({ scale: 10 })).toBeCloseTo(normal * 10, 2);
    expect(first({ set: 1, value: 'q' })).toBe(normal);
  });

  it('buffer: everything comes at the end, with its true times; a table brings its rows together', () => {
    const all = told({ kind: 'buffer', of: 'water' });
    const late = all.filter(({ due }) => due === UNTIL);
    expect(all.filter(during)).toEqual([]);
    expect(of(late, 'water/level').map((message) => body(message).t)).toEqual(
      of(plain, 'water/level')
        .filter(during)
        .map((message) => body(message).t),
    );
    const tables = of(late, 'water/soil').map(({ payload }) => String(payload).trim().split('\r\n'));
    expect(tables).toHaveLength(1);
    expect(tables[0]).toHaveLength(11);
    const rows = of(plain, 'water/soil')
      .filter(during)
      .map(({ payload }) => String(payload).trim().split('\r\n')[1]);
    expect(tables[0]?.slice(1)).toEqual(rows);
  });
});

describe('silence of edge nodes', () => {
  const kinds = (messages: SimulatedMessage[]) =>
    of(messages, 'water/edge').map(({ topic }) => topic.split('/').slice(2).join('/'));

  it('a node dies at once and is born again', () => {
    const all = told({ kind: 'silence', of: 'water/edge' });
    const edge = of(all, 'water/edge');
    expect(kinds(edge.filter(during))).toEqual(['NDEATH/G1']);
    expect(edge.find(({ topic }) => topic.includes('NDEATH'))?.due).toBe(FROM);
    expect(kinds(edge.filter(({ due }) => due === UNTIL))).toEqual(['NBIRTH/G1', 'DBIRTH/G1/M1', 'DBIRTH/G1/M2']);
    expect(
      city({ kind: 'silence', of: 'water/edge' })
        .opening(FROM + MINUTE)
        .filter(({ source }) => source === 'water/edge'),
    ).toEqual([]);
  });

  it('a device dies while its node goes on without a gap in its numbers', () => {
    const all = kinds(told({ kind: 'silence', of: 'water/edge', assets: ['M2'] }).filter(during));
    expect(all.filter((kind) => kind === 'DDEATH/G1/M2')).toHaveLength(1);
    expect(all.filter((kind) => kind.endsWith('/M2'))).toHaveLength(1);
    expect(all.filter((kind) => kind === 'DDATA/G1/M1').length).toBeGreaterThan(6);
    expect(all.filter((kind) => kind === 'NDATA/G1').length).toBeGreaterThan(7);
  });
});
