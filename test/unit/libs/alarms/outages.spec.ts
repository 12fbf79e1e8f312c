import type { AlarmRule } from '@citywall/alarms';
import { describe, expect, it } from '@jest/globals';
import { Bench, catalogue, level, MINUTE, rule } from './support.js';

const ID = 'water/outage/system';
const outage = (more: Partial<AlarmRule['outage']> = {}): AlarmRule =>
  rule('outage', { outage: { share: 20, within: 10 * MINUTE, ...more } });
const absent = (): AlarmRule => level({ when: { absent: 8 * MINUTE }, priority: 4 }, 'absent');
const key = (i: number) => `r${i}`;

/** A city of rivers that should speak every few minutes: silent after five. */
function city(rivers: number, more: { rules?: AlarmRule[]; quiet?: (feed: string, at: number) => number } = {}) {
  const awaited = new Map(Array.from({ length: rivers }, (_, i) => [`water/river/${key(i)}`, 5 * MINUTE]));
  return new Bench(more.rules ?? [absent(), outage()], {
    catalogue: catalogue({
      awaited: () => awaited,
      isSign: (metric) => metric === 'river/level',
      ...(more.quiet === undefined ? {} : { quietUntil: more.quiet }),
    }),
  });
}
/** The assets from `first` on speak every minute, from one minute to another. */
function speak(bench: Bench, from: number, to: number, first: number, last: number): Bench {
  for (let minute = from; minute <= to; minute++) for (let i = first; i < last; i++) bench.read(minute, 1, {}, key(i));
  return bench;
}
const stands = (bench: Bench) => bench.get(ID)?.standing ?? 'none';

describe('a platform that is gone', () => {
  it('[AL54] a fifth of the assets silent within ten minutes is one alarm, with the share that is silent', () => {
    const bench = speak(city(20), 0, 3, 0, 20);
    speak(bench, 4, 8, 4, 20);
    // the last sign of four was at minute 3: silent after five more
    expect(bench.pass(8.9).get(ID)).toBeUndefined();
    expect(speak(bench, 9, 9, 4, 20).get(ID)).toMatchObject({
      standing: 'active',
      value: 20,
      asset: null,
      occurrence: null,
    });
  });

  it('[AL54] less than that, or the same over a longer time, are single ones; never fewer than three', () => {
    const few = speak(speak(city(20), 0, 3, 0, 20), 4, 30, 3, 20);
    expect(stands(few.pass(33))).toBe('none');
    const slowly = speak(city(20), 0, 3, 0, 20);
    for (let i = 0; i < 8; i++) speak(slowly, 4 + 6 * i, 9 + 6 * i, i + 1, 20);
    expect(stands(slowly)).toBe('none');
    const small = speak(city(5), 0, 3, 0, 5);
    speak(small, 4, 20, 2, 5);
    expect(stands(small)).toBe('none');
  });

  it('[AL54] a system all of which is silent is one too, however slowly it fell silent; what never spoke is not counted', () => {
    const bench = city(20);
    for (let i = 0; i < 6; i++) speak(bench, 20 * i, 20 * i + 20, i, 6);
    expect(stands(bench.pass(125))).toBe('none');
    expect(bench.pass(126).get(ID)).toMatchObject({ standing: 'active', value: 30 });
    // three of twenty say nothing about the platform
    expect(stands(speak(city(20), 0, 3, 0, 3).pass(60))).toBe('none');
  });

  it('[AL55] rules of absence are explained by it, but for what was silent long before, and are told where it ends', () => {
    const bench = speak(city(20), 0, 1, 0, 20);
    // one dies half an hour before the platform
    speak(bench, 2, 40, 1, 20);
    expect(bench.get('water/absent/river/r0')).toMatchObject({ standing: 'active', suppressedBy: null });
    bench.pass(60);
    expect(bench.get(ID)).toMatchObject({ standing: 'active', value: 95 });
    expect(bench.get('water/absent/river/r0')?.suppressedBy).toBeNull();
    expect(bench.get('water/absent/river/r5')).toMatchObject({ standing: 'active', suppressedBy: 'outage', cause: ID });
    // nine of nineteen: not yet half of them
    speak(bench, 61, 63, 1, 10);
    expect(stands(bench)).toBe('active');
    speak(bench, 64, 66, 1, 19);
    expect(stands(bench)).toBe('cleared');
    expect(bench.get('water/absent/river/r19')).toMatchObject({ standing: 'active', suppressedBy: null });
    expect(bench.events().filter((event) => /outage/.test(event))).toEqual(['raised outage 46', 'cleared outage 65']);
  });

  it('[AL55] another rule may name it, and is then explained whatever it watches', () => {
    const bench = speak(city(20, { rules: [outage(), level({ suppressedBy: ['outage'] })] }), 0, 3, 0, 20);
    bench.read(3, 12, { at: bench.at(3) + 1 }, 'r0').pass(30);
    expect(bench.get('water/high/river/r0')).toMatchObject({ standing: 'active', suppressedBy: 'outage' });
  });

  it('[AL56] while nothing can reach us nothing counts; afterwards everything has the time to speak again', () => {
    const bench = speak(city(20), 0, 3, 0, 20);
    bench.machine.hears(false, bench.at(4));
    expect(stands(bench.pass(60))).toBe('none');
    bench.machine.hears(true, bench.at(60));
    expect(stands(bench.pass(64))).toBe('none');
    speak(bench, 64, 70, 0, 20);
    expect(stands(bench)).toBe('none');
    const gone = speak(city(20), 0, 3, 0, 20);
    gone.machine.hears(false, gone.at(4));
    gone.machine.hears(true, gone.at(60));
    expect(stands(gone.pass(66))).toBe('active');
  });

  it('[AL56] one that stands is unknown while nothing can reach us', () => {
    const bench = speak(city(20), 0, 3, 0, 20).pass(12);
    bench.machine.hears(false, bench.at(13));
    expect(bench.get(ID)).toMatchObject({ standing: 'active', unknown: true });
    bench.machine.hears(true, bench.at(20));
    expect(bench.pass(26).get(ID)).toMatchObject({ standing: 'active', unknown: false });
    speak(bench, 27, 28, 0, 20);
    expect(stands(bench)).toBe('cleared');
  });

  it('[AL23] [AL56] a restart goes on with it, and makes none of silence that nobody watched', () => {
    const bench = speak(city(20), 0, 3, 0, 20).pass(12);
    bench.events();
    bench.restart(90);
    for (let i = 0; i < 20; i++) bench.read(90, 1, { at: bench.at(3) }, key(i));
    expect(bench.pass(91).get(ID)).toMatchObject({ standing: 'active', value: 100 });
    expect(stands(speak(bench, 92, 93, 0, 20))).toBe('cleared');
    expect(bench.events().filter((event) => !event.includes('absent'))).toEqual(['cleared outage 93']);
    // nobody listened for an hour: five minutes after the start nothing is known to be gone, but for the whole
    const fresh = speak(city(20), 0, 3, 0, 20);
    fresh.restart(63);
    for (let i = 0; i < 20; i++) fresh.read(63, 1, { at: fresh.at(3) }, key(i));
    speak(fresh, 64, 80, 8, 20);
    expect(stands(fresh)).toBe('none');
  });

  it('[AL54] only assets of its types, where it says some', () => {
    const bench = speak(city(20, { rules: [absent(), outage({ types: ['pump'] })] }), 0, 3, 0, 20).pass(30);
    expect(stands(bench)).toBe('none');
    expect(bench.get('water/absent/river/r1')?.suppressedBy).toBeNull();
  });

  it('[AL54] in quiet hours nothing is awaited', () => {
    const quiet = (_: string, at: number) => (at < bench.at(60) ? bench.at(60) : at);
    const bench: Bench = city(20, { quiet });
    speak(bench, 0, 3, 0, 20);
    expect(stands(bench.pass(64))).toBe('none');
    expect(stands(bench.pass(66))).toBe('active');
  });

  it('[AL54] a sign that comes late, or twice, moves nothing', () => {
    const bench = speak(city(20), 0, 10, 0, 20);
    for (let i = 0; i < 20; i++)
      bench.read(11, 1, { at: bench.at(2) }, key(i)).read(11, 1, { at: bench.at(10) }, key(i));
    expect(stands(bench.pass(15))).toBe('none');
    expect(stands(bench.pass(16))).toBe('active');
  });

  it('[AL24] another rule of outage goes on with what was heard', () => {
    const bench = speak(city(20), 0, 3, 0, 20);
    bench.machine.setRules(
      [absent(), outage({ share: 50 })],
      (bench as unknown as { options: { catalogue: never } }).options.catalogue,
      bench.at(4),
    );
    speak(bench, 4, 20, 6, 20);
    expect(stands(bench)).toBe('none');
    expect(stands(bench.pass(40))).toBe('active');
  });
});
