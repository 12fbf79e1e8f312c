import { flow, MAX_LINKS } from '@citywall/aggregate';
import type { Occurrence } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import { NOW } from './members.js';

function occurrence(id: number, more: Partial<Occurrence> = {}): Occurrence {
  return {
    id: String(id),
    system: 'urban',
    type: 'case',
    at: NOW - 1_000,
    receivedAt: NOW,
    status: '立案',
    fields: { source: '巡查' },
    origin: 'live',
    ...more,
  };
}

describe('flow', () => {
  it('counts pairs of neighbouring stages, the strongest first, step by step', () => {
    const cases = [
      occurrence(1),
      occurrence(2, { level: 'P2' }),
      occurrence(3, { status: '结案', origin: 'simulated' }),
      occurrence(4, { fields: {} }),
    ];
    expect(flow(cases, { stages: ['field:source', 'status', 'level'] }, NOW)).toEqual({
      links: [
        { step: 0, from: '巡查', to: '立案', count: 2 },
        { step: 0, from: '', to: '立案', count: 1 },
        { step: 0, from: '巡查', to: '结案', count: 1 },
        { step: 1, from: '立案', to: '', count: 2 },
        { step: 1, from: '立案', to: 'P2', count: 1 },
        { step: 1, from: '结案', to: '', count: 1 },
      ],
      total: 4,
      origin: 'simulated',
    });
  });

  it('keeps values apart that only look alike when joined, and leaves out what is not asked for', () => {
    const cases = [
      occurrence(1, { fields: { source: 'a' }, status: 'b>c' }),
      occurrence(2, { fields: { source: 'a>b' }, status: 'c' }),
      occurrence(3, { type: 'inspection' }),
      occurrence(4, { at: NOW - 7_200_000 }),
      occurrence(5, { status: '作废' }),
    ];
    const { links, total } = flow(
      cases,
      { type: 'case', stages: ['field:source', 'status'], since: 3_600_000, status: ['b>c', 'c'] },
      NOW,
    );
    expect(links.map(({ from, to }) => [from, to])).toEqual([
      ['a', 'b>c'],
      ['a>b', 'c'],
    ]);
    expect(total).toBe(2);
  });

  it('stays small whatever a field holds', () => {
    const cases = Array.from({ length: MAX_LINKS + 20 }, (_, i) => occurrence(i, { fields: { source: `来源${i}` } }));
    const { links, total } = flow(cases, { stages: ['field:source', 'status'] }, NOW);
    expect([links.length, total]).toEqual([MAX_LINKS, MAX_LINKS + 20]);
  });
});
