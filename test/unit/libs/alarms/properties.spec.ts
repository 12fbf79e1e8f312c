import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Bench, level, MINUTE } from './support.js';

interface Step {
  /** minutes since the step before */
  after: number;
  value: number;
  quality: 'good' | 'bad';
}

const steps = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 40 }),
    value: fc.integer({ min: 0, max: 20 }),
    quality: fc.constantFrom('good' as const, 'good' as const, 'bad' as const),
  }),
  { maxLength: 40 },
);
const rules = () => [
  level({ for: 10 * MINUTE, clearFor: 20 * MINUTE, suppressedBy: ['higher'] }),
  level({ when: { atLeast: 15, clearBelow: 12 }, priority: 1 }, 'higher'),
];

function run(bench: Bench, list: readonly Step[], each: (minute: number, step: Step) => void = () => {}): number {
  let minute = 0;
  for (const step of list) {
    minute += step.after;
    bench.read(minute, step.value, { quality: step.quality });
    each(minute, step);
  }
  return minute;
}

const picture = (bench: Bench) => JSON.stringify([...bench.machine.all()]);

describe('for any readings', () => {
  it('[AL11] no silence, however long, ends or raises an alarm beyond the age of its last value', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 10_000 }), (list, silence) => {
        const bench = new Bench(rules());
        const minute = run(bench, list);
        bench.pass(minute + 16);
        const states = [bench.state(), bench.state('higher')];
        bench.events();
        bench.pass(minute + 16 + silence);
        expect([bench.state(), bench.state('higher')]).toEqual(states);
        expect(bench.events().filter((event) => !event.startsWith('reannounced'))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('[AL22] the same readings twice, each at once again, change nothing', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const once = new Bench(rules());
        const twice = new Bench(rules());
        run(once, list);
        run(twice, list, (minute, { value, quality }) => {
          twice.read(minute, value, { quality });
        });
        expect(picture(twice)).toBe(picture(once));
        expect(twice.events()).toEqual(once.events());
      }),
      { numRuns: 300 },
    );
  });

  it('[AL23] a restart keeps what stands, and tells neither raised nor cleared', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 300 }), (list, down) => {
        const bench = new Bench(rules());
        const minute = run(bench, list);
        const states = [bench.state(), bench.state('higher')];
        bench.events();
        bench.restart(minute + down);
        const last = list.at(-1);
        if (last) bench.read(minute + down, last.value, { quality: last.quality, at: bench.at(minute) });
        expect([bench.state(), bench.state('higher')]).toEqual(states);
        expect(bench.events().filter((event) => /^(raised|cleared)/.test(event))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('[AL10] it does not matter how often the clock is looked at', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const seldom = new Bench(rules());
        const often = new Bench(rules());
        const end = run(seldom, list) + 60;
        let minute = 0;
        for (const step of list) {
          for (let i = 0; i < step.after; i++) often.pass(minute + i);
          minute += step.after;
          often.read(minute, step.value, { quality: step.quality });
        }
        for (let i = 0; i < 60; i++) often.pass(minute + i);
        expect(picture(often.pass(end))).toBe(picture(seldom.pass(end)));
        expect(often.events()).toEqual(seldom.events());
      }),
      { numRuns: 200 },
    );
  });
});
