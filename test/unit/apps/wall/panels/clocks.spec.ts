import { type OccurrenceRow, stateOf } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { clocksOf, durationText } from '../../../../../apps/wall/src/panels/clocks/option.js';
import type { ClocksOptions } from '../../../../../apps/wall/src/panels/clocks/panel.js';

const NOW = Date.parse('2026-07-09T14:35:00+08:00');
const options: ClocksOptions = {
  text: ['town', 'kind'],
  begin: 'begin',
  steps: [
    { field: 'answered', name: { zh: '接听', en: 'answered' }, within: 60 },
    { field: 'there', name: { zh: '到场', en: 'there' }, within: 900 },
  ],
  over: ['回访', '误触'],
  statuses: { 触发: { zh: '待接听', en: 'ringing' } },
};

/** s ago it began, s until it was answered and somebody was there */
const call = (
  id: string,
  status: string,
  ago: number,
  answered: number | null,
  there: number | null,
): [string, OccurrenceRow] => {
  const begin = NOW - ago * 1000;
  const iso = (after: number | null) => (after === null ? null : new Date(begin + after * 1000).toISOString());
  return [
    id,
    {
      id,
      system: 'elderly',
      type: 'help',
      at: begin,
      receivedAt: NOW,
      status,
      fields: { town: '高安镇', kind: 'SOS', begin: iso(0), answered: iso(answered), there: iso(there) },
      origin: 'live',
    },
  ];
};
const of = (...calls: [string, OccurrenceRow][]) =>
  clocksOf(stateOf(calls, { count: calls.length }), options, undefined, 'zh', NOW);
const told = (...calls: [string, OccurrenceRow][]) =>
  of(...calls).lines.map(({ key, steps }) => [key, ...steps.map(({ text, state }) => `${text} ${state}`)]);

describe('clocks of cases', () => {
  it('run for the step that is waited for, and only for it', () => {
    expect(told(call('a', '触发', 24, null, null))).toEqual([['a', '0:24 running', '— blank']]);
    expect(told(call('a', '派人', 390, 31, null))).toEqual([['a', '0:31 done', '6:30 running']]);
    expect(told(call('a', '处理', 1500, 31, 640))).toEqual([['a', '0:31 done', '10:40 done']]);
  });

  it('say what is beyond its limit, while it runs and afterwards', () => {
    expect(told(call('a', '触发', 61, null, null))).toEqual([['a', '1:01 overdue', '— blank']]);
    expect(told(call('a', '处理', 1500, 75, 901))).toEqual([['a', '1:15 late', '15:01 late']]);
    expect(of(call('a', '触发', 61, null, null), call('b', '派人', 390, 31, null))).toMatchObject({
      open: 2,
      overdue: 1,
    });
    // what stands exactly at its limit is in time
    expect(told(call('a', '处理', 1500, 60, 900))).toEqual([['a', '1:00 done', '15:00 done']]);
  });

  it('stand still once it is over, and are not asked for a step that was passed without its time', () => {
    expect(told(call('a', '误触', 7000, 18, null))).toEqual([['a', '0:18 done', '— blank']]);
    expect(told(call('a', '处理', 7000, null, 700))).toEqual([['a', '— blank', '11:40 done']]);
  });

  it('put what is under way first, the newest on top, and count what has no room', () => {
    const calls = [
      call('old', '回访', 9000, 20, 500),
      call('new', '误触', 100, 20, null),
      call('a', '派人', 800, 20, null),
      call('b', '触发', 10, null, null),
    ];
    expect(of(...calls).lines.map(({ key }) => key)).toEqual(['b', 'a', 'new', 'old']);
    const few = clocksOf(stateOf(calls, { count: 9 }), { ...options, maxRows: 2 }, undefined, 'zh', NOW);
    expect([few.lines.length, few.more, few.open]).toEqual([2, 7, 2]);
  });

  it('take the time of the occurrence where no beginning is told, and no time before it', () => {
    const [key, row] = call('a', '派人', 120, -5, null);
    const line = clocksOf(
      stateOf([[key, { ...row, fields: { ...row.fields, begin: 'soon' } }]]),
      options,
      undefined,
      'zh',
      NOW,
    ).lines[0];
    expect(line?.steps.map(({ text }) => text)).toEqual(['0:00', '2:00']);
    expect(line).toMatchObject({ text: '高安镇 SOS', time: '14:33', status: '派人' });
  });

  it('have nothing to say of a view that failed', () => {
    expect(clocksOf(stateOf([], { error: 'x' }), options, undefined, 'zh', NOW)).toEqual({
      lines: [],
      more: 0,
      open: 0,
      overdue: 0,
    });
    expect(clocksOf(null, options, undefined, 'zh', NOW).lines).toEqual([]);
  });
});

describe('durations', () => {
  it('are whole seconds that have passed', () => {
    expect([0, 31_999, 845_000, 3_720_000].map(durationText)).toEqual(['0:00', '0:31', '14:05', '1:02:00']);
  });
});
