import { type AlarmCatalogue, AlarmMachine, type AlarmReading, stateOf } from '@citywall/alarms';
import { describe, expect, it } from '@jest/globals';

const START = Date.parse('2026-07-09T14:00:00+08:00');
const MINUTE = 60_000;
const catalogue: AlarmCatalogue = {
  asset: () => ({ attributes: {}, inService: true }),
  staleAfter: () => 5 * MINUTE,
  referring: () => [],
  upstream: () => [],
  awaited: () => new Map(),
  isSign: () => false,
  quietUntil: (_: string, at: number) => at,
  closed: () => false,
};

describe('an alarm that is over and waits to be seen', () => {
  it('[AL11] [AL17] lets its input grow stale: time passes, nothing is due, it stays as it is', () => {
    const rule = {
      id: 'high',
      metric: 'river/level',
      when: { above: 10 },
      priority: 1 as const,
      text: { zh: '高', en: 'high' },
    };
    const machine = new AlarmMachine('water', [rule], catalogue, { now: START, pace: 1 });
    const read = (minute: number, value: number) => {
      const at = START + minute * MINUTE;
      const reading: AlarmReading = {
        asset: 'water/river/a',
        metric: 'level',
        value,
        at,
        quality: 'good',
        origin: 'live',
        flags: [],
        feed: 'stage',
      };
      machine.reading(reading, at);
    };
    read(0, 12);
    read(1, 8);
    const alarm = () => machine.get(machine.idOf('high', { asset: 'water/river/a', occurrence: null }));
    expect(stateOf(alarm())).toBe('cleared-unacknowledged');
    machine.advance(START + 60 * MINUTE);
    expect([stateOf(alarm()), alarm()?.unknown]).toEqual(['cleared-unacknowledged', false]);
    expect(machine.nextDue() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(START + 60 * MINUTE);
  });
});
