import type { AlarmRule } from '@citywall/alarms';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Bench, catalogue, level, MINUTE, rule } from './support.js';

/** A gauge hangs on a gateway, a gateway on a substation: `g12` on `n1`, `n1` and `n2` on `s`. */
const upstream = (asset: string): readonly string[] => {
  const [, type = '', key = ''] = asset.split('/');
  if (type === 'node') return ['water/station/s'];
  return type === 'river' && key.startsWith('g') ? [`water/node/n${key[1]}`, 'water/station/s'] : [];
};
const city = () => ({ catalogue: catalogue({ upstream }) });
const dark = (more: Partial<AlarmRule> = {}) => rule('dark', { metric: 'station/power', when: { is: 'off' }, ...more });
const lost = (more: Partial<AlarmRule> = {}) =>
  rule('lost', { metric: 'node/online', when: { is: 'no' }, priority: 3, suppressedBy: ['dark'], ...more });
const rules = () => [level({ priority: 3, suppressedBy: ['lost', 'dark'] }), lost(), dark()];
const node = (bench: Bench, minute: number, value: string, key = 'n1') =>
  bench.read(minute, value, { asset: `water/node/${key}`, metric: 'online' });
const station = (bench: Bench, minute: number, value: string) =>
  bench.read(minute, value, { asset: 'water/station/s', metric: 'power' });
const cause = (bench: Bench, id: string) => bench.get(id)?.cause ?? null;

describe('causes upstream', () => {
  it('[AL50] an alarm upstream explains those below it, whichever came first, and releases them when it ends', () => {
    const bench = new Bench(rules(), city()).read(0, 12, {}, 'g11').read(0, 12, {}, 'g21');
    node(bench, 1, 'no').read(2, 12, {}, 'g12');
    expect(['g11', 'g12', 'g21'].map((key) => cause(bench, `water/high/river/${key}`))).toEqual([
      'water/lost/node/n1',
      'water/lost/node/n1',
      null,
    ]);
    expect(bench.get('water/high/river/g11')).toMatchObject({ standing: 'active', suppressedBy: 'lost' });
    node(bench, 3, 'yes');
    expect(cause(bench, 'water/high/river/g11')).toBeNull();
    expect(bench.events().filter((event) => /suppressed|released/.test(event))).toEqual([
      'suppressed high 1',
      'released high 3',
      'released high 3',
    ]);
  });

  it('[AL50] over several steps, and what is undeclared or elsewhere stays as it is', () => {
    const bench = new Bench(rules(), city()).read(0, 12, {}, 'g11').read(0, 12, {}, 'a');
    station(bench, 1, 'off');
    expect([cause(bench, 'water/high/river/g11'), cause(bench, 'water/high/river/a')]).toEqual([
      'water/dark/station/s',
      null,
    ]);
  });

  it('[AL51] causes form chains: each is explained by the first of its own, and shown again when that ends', () => {
    const bench = new Bench(rules(), city()).read(0, 12, {}, 'g11');
    node(bench, 1, 'no');
    station(bench, 2, 'off');
    expect([cause(bench, 'water/high/river/g11'), cause(bench, 'water/lost/node/n1')]).toEqual([
      'water/lost/node/n1',
      'water/dark/station/s',
    ]);
    const { version = 0 } = bench.get('water/high/river/g11') ?? {};
    // one cause less, and another is left
    node(bench, 3, 'yes');
    expect(cause(bench, 'water/high/river/g11')).toBe('water/dark/station/s');
    expect(bench.get('water/high/river/g11')?.version).toBeGreaterThan(version);
    station(bench, 4, 'on');
    expect(cause(bench, 'water/high/river/g11')).toBeNull();
    expect(bench.events().filter((event) => event.startsWith('released high'))).toEqual(['released high 4']);
  });

  it('[AL50] a rule may explain itself from above, never at the same asset', () => {
    const feeder = (asset: string) => (asset === 'water/river/b' ? ['water/river/a'] : []);
    const bench = new Bench([level({ suppressedBy: ['high'] })], { catalogue: catalogue({ upstream: feeder }) });
    bench.read(0, 12, {}, 'b').read(1, 12, {}, 'a');
    expect([cause(bench, 'water/high/river/a'), cause(bench, 'water/high/river/b')]).toEqual([
      null,
      'water/high/river/a',
    ]);
    expect(bench.get('water/high/river/a')?.worsened).toBeNull();
  });

  it('[AL36] [AL50] one that is raised upstream has not become worse by what it explains', () => {
    const bench = new Bench(rules(), city()).read(0, 12, {}, 'g11');
    expect(station(bench, 1, 'off').get('water/dark/station/s')?.worsened).toBeNull();
  });

  it('[AL52] what an occurrence says of its asset explains what is measured there and below', () => {
    const works = rule('works', { occurrence: { type: 'warning', status: 'begun' }, priority: 4 });
    const bench = new Bench([level({ suppressedBy: ['works'] }), works], city());
    const stage = (minute: number, status: string, asset?: string) =>
      bench.machine.occurrence(
        {
          id: `w-${asset ?? 'none'}`,
          type: 'warning',
          status,
          at: bench.at(minute),
          origin: 'live',
          fields: {},
          feed: 'cap',
          ...(asset === undefined ? {} : { asset }),
        },
        bench.at(minute),
      );
    bench.read(0, 12, {}, 'g11').read(0, 12, {}, 'g21');
    stage(1, 'begun');
    stage(1, 'begun', 'water/node/n1');
    stage(1, 'begun', 'water/river/g21');
    expect(['g11', 'g21'].map((key) => cause(bench, `water/high/river/${key}`))).toEqual([
      'water/works/occurrence:w-water/node/n1',
      'water/works/occurrence:w-water/river/g21',
    ]);
    stage(2, 'closed', 'water/node/n1');
    expect(cause(bench, 'water/high/river/g11')).toBeNull();
  });

  it('[AL52] what is measured explains occurrences there and below; two occurrences of one asset explain each other never', () => {
    const report = rule('report', { occurrence: { type: 'warning' }, suppressedBy: ['lost', 'red'] });
    const red = rule('red', { occurrence: { type: 'warning', level: 'red' }, priority: 1 });
    const bench = new Bench([report, red, lost({ suppressedBy: [] })], city());
    const stage = (id: string, level: string) =>
      bench.machine.occurrence(
        {
          id,
          type: 'warning',
          status: 'open',
          level,
          at: bench.at(0),
          origin: 'live',
          fields: {},
          feed: 'cap',
          asset: 'water/river/g11',
        },
        bench.at(0),
      );
    stage('w1', 'red');
    stage('w2', 'blue');
    expect([cause(bench, 'water/report/occurrence:w1'), cause(bench, 'water/report/occurrence:w2')]).toEqual([
      'water/red/occurrence:w1',
      null,
    ]);
    node(bench, 1, 'no');
    expect(cause(bench, 'water/report/occurrence:w2')).toBe('water/lost/node/n1');
  });

  it('[AL23] [AL50] a restart keeps the cause and tells nothing; other links are followed', () => {
    const bench = new Bench(rules(), city()).read(0, 12, {}, 'g11');
    node(bench, 1, 'no');
    bench.events();
    bench.restart(2);
    expect(cause(bench, 'water/high/river/g11')).toBe('water/lost/node/n1');
    node(bench, 2, 'no', 'n1').read(2, 12, { at: bench.at(0) }, 'g11');
    expect(bench.events()).toEqual([]);
    node(bench, 3, 'yes');
    expect(bench.events()).toEqual(['cleared lost 3', 'released high 3']);
    node(bench, 4, 'no');
    bench.machine.setRules(rules(), catalogue(), bench.at(5));
    expect(cause(bench, 'water/high/river/g11')).toBeNull();
  });

  it('[AL50] at any time each alarm has the cause that one looking at all of them would name', () => {
    const step = fc.record({
      what: fc.constantFrom('g11', 'g12', 'g21', 'n1', 'n2', 's'),
      bad: fc.boolean(),
      after: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (list) => {
        const bench = new Bench(
          [level({ priority: 3, for: 2 * MINUTE, suppressedBy: ['lost', 'dark'] }), lost(), dark()],
          city(),
        );
        let minute = 0;
        for (const { what, bad, after } of list) {
          minute += after;
          if (what.startsWith('g')) bench.read(minute, bad ? 12 : 1, {}, what);
          else if (what === 's') station(bench, minute, bad ? 'off' : 'on');
          else node(bench, minute, bad ? 'no' : 'yes', what);
          for (const alarm of bench.machine.all()) {
            if (alarm.standing !== 'active') continue;
            const above = upstream(alarm.asset ?? '');
            const wanted = ['lost', 'dark']
              .slice(alarm.rule === 'lost' ? 1 : alarm.rule === 'dark' ? 2 : 0)
              .flatMap((one) =>
                above
                  .map((asset) => bench.get(`water/${one}/${asset.slice('water/'.length)}`))
                  .filter((found) => found?.standing === 'active'),
              );
            expect(alarm.cause).toBe(wanted[0]?.id ?? null);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('[AL53] a cause costs by what stands below it', () => {
    let asked = 0;
    const counting = catalogue({
      upstream: (asset) => {
        asked++;
        return upstream(asset);
      },
    });
    const bench = new Bench(rules(), { catalogue: counting });
    for (let i = 0; i < 2000; i++) bench.read(0, 12, {}, `g2${i}`);
    for (let i = 0; i < 3; i++) bench.read(0, 12, {}, `g1${i}`);
    asked = 0;
    node(bench, 1, 'no');
    expect(asked).toBeLessThan(20);
    expect(bench.events().filter((event) => event.startsWith('suppressed'))).toHaveLength(3);
  });
});
