import { compileFeeds, type FeedSpec } from '@citywall/mapping';
import { simulatorStream } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { DECODERS } from '../../../../apps/server/src/packs/decoders.js';
import { createStream } from '../../../../libs/simulator/src/streams.js';
import { assetOf, cityOf, NOON } from './city.js';

/** What simulator.yaml writes in the shapes of vendors, a feed reads back. */
function readBack(stream: Record<string, unknown>, feed: Record<string, unknown>, keys = ['A', 'B']) {
  const spec = simulatorStream.parse({ id: 's', of: 'reservoir', topic: 't/{key}', every: '1m', ...stream });
  const assets = keys.map((key) => assetOf(key, { tze: '12.80', stage: '签约' }));
  const messages = createStream(spec, {
    system: 'x',
    assets,
    city: cityOf(),
    stamp: (moment: number) => moment,
  } as never).opening(NOON);
  const feeds = compileFeeds([{ id: 'f', topic: 't/+', ...feed } as FeedSpec], {
    system: 'x',
    zone: 'Asia/Shanghai',
    decoders: DECODERS,
  });
  const results = messages.flatMap(({ topic, payload }) =>
    feeds.map({
      topic,
      payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
      receivedAt: NOON + 1000,
      retained: false,
      origin: 'simulated',
    }),
  );
  expect(results.flatMap(({ rejections }) => rejections)).toEqual([]);
  return results.flatMap(({ readings }) =>
    readings.map(({ key, metric, value, at }) => `${key} ${metric} ${String(value)} ${(at - NOON) / 60_000}`),
  );
}

const constant = (value: number, decimals = 0) => ({ sum: [{ constant: value }], decimals });

describe('shapes of vendors, read back by feeds', () => {
  it('JSON inside a JSON string, times of fourteen digits', () => {
    const read = readBack(
      {
        values: { used: constant(571) },
        payload: {
          json: {
            sendTime: '{time:yyyyMMddHHmmss}',
            data: { $json: { org: '{key}', bedUsed: '{value.used}', icuFree: 2 } },
          },
        },
      },
      {
        let: { inner: { path: 'data', decode: ['json'] } },
        asset: 'h/{inner.org}',
        at: { path: 'sendTime', as: 'pattern', pattern: 'yyyyMMddHHmmss' },
        readings: { beds: { from: 'let', path: 'inner.bedUsed', ops: ['number'] } },
      },
    );
    expect(read).toEqual(['A beds 571 0', 'B beds 571 0']);
  });

  it('a CSV with BOM and CR LF, several rows of a buffered station, empty cells', () => {
    const read = readBack(
      {
        values: { sm: constant(31.2, 1), ec: { ...constant(1), missing: { chance: 1, as: '' } } },
        payload: {
          lines: '{key},{time:yyyy/M/d HH:mm},{value.sm},{value.ec}',
          header: 'station,time,sm10,ec',
          charset: 'utf-8-bom',
        },
        history: { count: 3, every: '30m' },
      },
      {
        decode: ['csv'],
        each: '$',
        asset: 's/{@.station}',
        at: { path: 'time', as: 'pattern', pattern: 'yyyy/M/d HH:mm' },
        readings: {
          moist: { path: 'sm10', ops: ['number'] },
          ec: { path: 'ec', ops: [{ missing: [''] }, 'number'], optional: true },
        },
      },
      ['A'],
    );
    expect(read).toEqual(['A moist 31.2 -60', 'A moist 31.2 -30', 'A moist 31.2 0']);
  });

  it('GBK JSON with a time without a year', () => {
    const read = readBack(
      {
        values: { n: constant(3) },
        payload: { json: { who: '垫小二{key}🌊', t: '{time:MM-dd HH:mm}', n: { $: 'value.n' } }, charset: 'gbk' },
      },
      {
        decode: ['gbk', 'json'],
        let: { who: { path: 'who', ops: [{ regex: '垫小二(.+)\\?$' }] } },
        asset: 'a/{who}',
        at: { path: 't', as: 'pattern', pattern: 'MM-dd HH:mm' },
        readings: { n: { path: 'n' } },
      },
    );
    expect(read).toEqual(['A n 3 0', 'B n 3 0']);
  });

  it('gzip of registers in hexadecimal', () => {
    const read = readBack(
      {
        values: { u: constant(231, 1), state: constant(3), i: constant(-12.5, 1), bits: constant(0x8001) },
        payload: {
          json: {
            gw: '{key}',
            t: '{time.utc}',
            hex: {
              $bytes: [
                ['u16be', 'value.u', 10],
                ['u16be', 'value.state'],
                ['i16be', 'value.i', 10],
                ['u16be', 'value.bits'],
              ],
              as: 'hex',
            },
          },
          gzip: true,
        },
      },
      {
        decode: ['gzip', 'json'],
        let: {
          r: {
            path: 'hex',
            decode: [
              'hex',
              {
                struct: {
                  fields: [
                    { name: 'u', type: 'u16', scale: 0.1 },
                    { name: 'state', type: 'u16' },
                    { name: 'i', type: 'i16', scale: 0.1 },
                    { name: 'mask', type: 'u16', bits: { door: 0, alarm: 15 } },
                  ],
                },
              },
            ],
          },
        },
        asset: 'g/{@.gw}',
        at: { path: 't', as: 'iso' },
        readings: {
          u: { from: 'let', path: 'r.u', ops: [{ round: 1 }] },
          i: { from: 'let', path: 'r.i', ops: [{ round: 1 }] },
          alarm: { from: 'let', path: 'r.alarm' },
        },
      },
      ['A'],
    );
    expect(read).toEqual(['A u 231 0', 'A i -12.5 0', 'A alarm true 0']);
  });

  it('base64 of tag, length, value in an array; ms as text', () => {
    const read = readBack(
      {
        values: { hr: constant(112), temp: constant(36.8, 1) },
        payload: {
          json: [
            '{key}',
            7,
            '{time.unix_ms}',
            {
              $bytes: [
                { tlv: 1, fields: [['u8', 'value.hr']] },
                { tlv: 3, fields: [['u16be', 'value.temp', 10]] },
              ],
            },
          ],
        },
      },
      {
        let: {
          v: {
            path: '[3]',
            decode: [
              'base64',
              {
                tlv: {
                  length: 1,
                  types: { '01': { name: 'hr', type: 'u8' }, '03': { name: 'temp', type: 'u16', scale: 0.1 } },
                },
              },
            ],
          },
        },
        asset: 'b/{@[0]}',
        at: { path: '[2]', as: 'unix_ms' },
        readings: {
          hr: { from: 'let', path: 'v.hr' },
          temp: { from: 'let', path: 'v.temp', ops: [{ round: 1 }] },
        },
      },
      ['A'],
    );
    expect(read).toEqual(['A hr 112 0', 'A temp 36.8 0']);
  });

  it('thousands, shares, units and Chinese dates within texts', () => {
    const read = readBack(
      {
        by: 'all',
        topic: 't/all',
        values: { done: constant(1204), good: constant(99.31, 2) },
        payload: {
          json: {
            asOf: '{time:yyyyMMdd}',
            list: {
              $each: {
                id: '{key}',
                sljs: '{value.done:,}',
                hpl: '{value.good}%',
                tze: '{attribute.tze}亿元',
                gxsj: '{time:yyyy年MM月dd日}',
              },
            },
          },
        },
      },
      {
        each: 'list',
        asset: 'p/{@.id}',
        at: { path: 'gxsj', as: 'pattern', pattern: 'yyyy年MM月dd日' },
        readings: {
          done: { path: 'sljs', ops: [{ number: { comma: 'thousands' } }] },
          good: { path: 'hpl', ops: [{ quantity: '%' }] },
          amount: { path: 'tze', ops: [{ quantity: '亿元' }] },
        },
      },
      ['A'],
    );
    expect(read).toEqual(['A done 1204 -720', 'A good 99.31 -720', 'A amount 12.8 -720']);
  });

  it('a packet of HJ 212', () => {
    const read = readBack(
      {
        values: { pm: constant(86, 1) },
        payload: {
          hj212:
            'QN={time:yyyyMMddHHmmssSSS};ST=39;CN=2011;PW=123456;MN={key};Flag=5;CP=&&DataTime={time:yyyyMMddHHmmss};a34002-Rtd={value.pm},a34002-Flag=N&&',
        },
      },
      {
        decode: 'hj212',
        each: 'rows',
        asset: 'd/{$.MN}',
        at: { path: '$.cp.DataTime', as: 'pattern', pattern: 'yyyyMMddHHmmss' },
        readings: [{ metric: 'pm10', path: 'value', ops: ['number'] }],
      },
    );
    expect(read).toEqual(['A pm10 86 0', 'B pm10 86 0']);
  });
});
