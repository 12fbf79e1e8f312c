import { caseload, startOfDay } from '@citywall/aggregate';
import type { Occurrence } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import { NOW } from './members.js';

const DAY = 86_400_000;
const MIDNIGHT = startOfDay(NOW);
const closed = ({ status }: Occurrence) => status === '结案';
const one = (status: string, more: Partial<Occurrence> = {}): Occurrence => ({
  id: `${status}${JSON.stringify(more)}`,
  system: 'urban',
  type: 'case',
  at: NOW,
  receivedAt: NOW,
  status,
  fields: {},
  origin: 'live',
  ...more,
});

describe('caseload', () => {
  it('tells what came in, what lies there, and what went out', () => {
    const cases = [
      one('立案'),
      one('结案', { beganAt: NOW - 1_000 }),
      one('结案', { beganAt: MIDNIGHT - DAY }),
      one('处置', { beganAt: MIDNIGHT - 1 }),
      one('处置', { at: MIDNIGHT - DAY }),
      one('结案', { at: MIDNIGHT - 1 }),
    ];
    expect(caseload(cases, closed, MIDNIGHT)).toEqual({ opened: 2, open: 3, closed: 2, origin: 'live' });
  });

  it('a later stage of an old case is no new case', () => {
    expect(caseload([one('处置', { beganAt: MIDNIGHT - 1 })], closed, MIDNIGHT).opened).toBe(0);
  });

  it('its origin is the worst of what it counts, and nothing counts to nothing', () => {
    const old = one('结案', { at: MIDNIGHT - DAY, origin: 'exercise' });
    expect(caseload([one('立案', { origin: 'simulated' }), old], closed, MIDNIGHT).origin).toBe('simulated');
    expect(caseload([], closed, MIDNIGHT)).toEqual({ opened: 0, open: 0, closed: 0, origin: 'live' });
  });
});
