import { AlarmMachine, type AlarmRule } from '@citywall/alarms';
import { expect, it } from '@jest/globals';

const MINUTE = 60_000;

it('[AL17] what is over and waits to be seen asks for nothing when its series falls silent', () => {
  const rule = {
    id: 'high',
    metric: 'hall/wait',
    when: { above: 45 },
    priority: 2,
    text: { zh: '', en: '' },
  } as AlarmRule;
  const catalogue = {
    asset: () => undefined,
    staleAfter: () => 5 * MINUTE,
    referring: () => [],
    upstream: () => [],
    awaited: () => new Map(),
    isSign: () => false,
    quietUntil: (_: string, at: number) => at,
    closed: () => false,
  };
  const machine = new AlarmMachine('x', [rule], catalogue, { now: 0 });
  const told = (value: number, at: number) =>
    machine.reading(
      { asset: 'x/hall/A', metric: 'wait', value, at, quality: 'good', flags: [], origin: 'live', feed: 'f' },
      at,
    );
  told(50, 0);
  told(20, MINUTE);
  machine.advance(60 * MINUTE);
  expect([...machine.all()].map(({ standing, unknown }) => [standing, unknown])).toEqual([['cleared', false]]);
  expect(machine.nextDue() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(60 * MINUTE);
});
