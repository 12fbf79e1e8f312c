import { type OccurrenceRow, stateOf } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { axisOf, itemsOf, linesOf, type TimelineItem } from '../../../../../apps/wall/src/panels/timeline/option.js';

const NOW = Date.UTC(2026, 6, 12, 6, 48); // 14:48 in Chongqing
const MINUTE = 60_000;
const step = (minutes: number, more: Partial<OccurrenceRow> = {}): [string, OccurrenceRow] => [
  `s${minutes}`,
  {
    id: String(minutes),
    system: 'emergency',
    type: 'step',
    at: NOW + minutes * MINUTE,
    receivedAt: NOW,
    status: '已完成',
    fields: { text: `第${minutes}步` },
    origin: 'live',
    ...more,
  },
];
const items = (...minutes: number[]) =>
  itemsOf(stateOf(minutes.map((each) => step(each))), { text: ['text'], done: ['已完成'] }, undefined, NOW, 'zh');
const shape = (lines: ReturnType<typeof linesOf>) =>
  lines.map((line) =>
    line.kind === 'item'
      ? line.item.time
      : line.kind === 'now'
        ? 'now'
        : `${line.from}×${line.count}${line.partly ? '+' : ''}`,
  );

describe('items of a timeline', () => {
  it('stand newest first; a planned step by the time in its field', () => {
    const state = stateOf([
      step(-20),
      step(-1, { fields: { text: '书面报告', due: '2026-07-12T15:30:00+08:00' }, status: '待办' }),
      step(-5, { fields: { text: ' ', due: 'soon' }, status: '处置', name: '明月大道' }),
      step(-1500),
    ]);
    const statuses = { 待办: { zh: '待办', en: 'to do' } };
    const types = {
      'emergency/step': { name: { zh: '步骤', en: 'Step' }, statuses: { 处置: { zh: '处置', en: 'handling' } } },
    };
    const shown = itemsOf(state, { text: ['text'], time: 'due', done: ['已完成'], statuses }, types, NOW, 'en');
    expect(shown.map(({ time, text, status, phase }) => [time, text, status, phase])).toEqual([
      ['15:30', '书面报告', 'to do', 'planned'],
      ['14:43', '明月大道', 'handling', 'open'],
      ['14:28', '第-20步', '已完成', 'done'],
      ['07-11 13:48', '第-1500步', '已完成', 'done'],
    ]);
    expect(itemsOf(stateOf([step(0)], { error: 'not-loaded' }), {}, undefined, NOW, 'zh')).toEqual([]);
  });
});

describe('lines of a timeline', () => {
  it('are all items while they fit, with a line at now between plan and record', () => {
    expect(shape(linesOf(items(30, 10, -5, -20), 10, NOW))).toEqual(['15:18', '14:58', 'now', '14:43', '14:28']);
    expect(shape(linesOf(items(-5, -20), 10, NOW))).toEqual(['14:43', '14:28']);
    expect(shape(linesOf(items(5), 10, NOW))).toEqual(['14:53']);
  });

  it('become hours from the oldest on, and say so of an hour that is told in part', () => {
    const lines = linesOf(items(-1, -2, -10, -20, -70, -80, -130), 5, NOW);
    expect(lines).toHaveLength(5);
    expect(shape(lines)).toEqual(['14:47', '14:46', '14:00×2+', '13:00×2', '12:00×1']);
  });

  it('never lose an item without a word', () => {
    for (let room = 2; room < 20; room++) {
      const all = items(20, 10, ...Array.from({ length: 40 }, (_, i) => -3 - i * 9));
      const lines = linesOf(all, room, NOW, 100);
      expect(lines.length).toBeLessThanOrEqual(room);
      const told = lines.reduce(
        (sum, line) => sum + (line.kind === 'item' ? 1 : line.kind === 'hour' ? line.count : 0),
        0,
      );
      expect({ room, told }).toEqual({ room, told: 142 });
    }
  });
});

describe('axis of a timeline', () => {
  const size = { width: 1000, lanes: 2, tick: 60 };
  const options = { hours: { before: 1, after: 1 } };
  const place = (minutes: number[], width: number) => axisOf(items(...minutes), options, NOW, size, () => width);

  it('has now where it belongs, and counts what lies outside', () => {
    const axis = place([-300, -30, 30, 200], 100);
    expect([axis.nowX, axis.before, axis.after]).toEqual([500, 1, 1]);
    expect(axis.marks.map(({ x }) => Math.round(x)).sort((a, b) => a - b)).toEqual([250, 750]);
    expect(axis.ticks.map(({ text }) => text)).toContain('14:30');
  });

  it('lets no words lie over others, cross now, or run out; what has no room stays as a dot', () => {
    const minutes = Array.from({ length: 24 }, (_, i) => -58 + i * 5);
    const axis = place(minutes, 160);
    const span = ({ x, leftward }: (typeof axis.marks)[number]) => (leftward ? [x - 160, x] : [x, x + 160]);
    for (const mark of axis.marks) {
      const [left = 0, right = 0] = span(mark);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(size.width);
      if (mark.item.at < NOW) expect(right).toBeLessThanOrEqual(axis.nowX + 1);
      for (const other of axis.marks) {
        if (other === mark || other.lane !== mark.lane) continue;
        const [from = 0, to = 0] = span(other);
        expect(right < from || left > to).toBe(true);
      }
    }
    expect(axis.marks.length + axis.crowded.length).toBe(24);
    expect(axis.crowded.length).toBeGreaterThan(0);
  });

  it('places nothing without width', () => {
    const axis = axisOf([] as TimelineItem[], {}, NOW, { width: 0, lanes: 1, tick: 60 }, () => 0);
    expect(axis.marks).toEqual([]);
  });
});
