import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { citywall, ROOT } from './surroundings.js';

/** One slip of the finger in each kind of file of the real packs; docs/new-system.md shows the same answers. */
const SLIPS: [file: string, right: string, wrong: string, answer: RegExp][] = [
  ['water/pack.yaml', 'expected:', 'expcted:', /^:\d+:\d+ unknown key "expcted", did you mean "expected"\?$/],
  ['water/feeds.yaml', 'ops: [number]', 'ops: [numbr]', /^:\d+:\d+ "numbr" is no operator, did you mean number\?$/],
  [
    'water/metrics.yaml',
    'kind: gauge',
    'kind: guage',
    /^:\d+:\d+ expected gauge.*found "guage", did you mean gauge\?$/,
  ],
  [
    'water/alarms.yaml',
    'metric: reservoir/level',
    'metric: reservoir/levl',
    /^:\d+:\d+ metric "reservoir\/levl" is not declared in metrics\.yaml, did you mean reservoir\/level\?$/,
  ],
  ['water/kpis.yaml', 'fn: max', 'fn: mx', /^:\d+:\d+ expected count, sum, avg, min or max, found "mx"/],
  ['water/scene.yaml', 'type: line', 'type: lines', /^:\d+:\d+ there is no panel type "lines", did you mean line\?$/],
  ['water/simulator.yaml', '{value.level}', '{value.levl}', /^:\d+:\d+ nothing under values is called "levl"$/],
  ['water/map.yaml', 'id: ', 'ids: ', /^:\d+:\d+ (unknown key "ids", did you mean "id"\?|"id" is missing)$/],
  [
    'water/assets.geojson',
    '"reservoir/',
    '"resrvoir/',
    /^:\d+:\d+ asset type "resrvoir" is not declared in pack\.yaml, did you mean reservoir\?$/,
  ],
  ['water/cases/river.yaml', 'topic:', 'topc:', /^:\d+:\d+ unknown key "topc", did you mean "topic"\?$/],
  ['water/timelines/rainstorm.yaml', 'expect:', 'expct:', /^:\d+:\d+ unknown key "expct", did you mean "expect"\?$/],
  [
    'overview/scenarios/rainstorm.yaml',
    'value: depth',
    'value: deph',
    /^:\d+:\d+ stream "waterlogging" has no value "deph", did you mean depth\?$/,
  ],
];

describe('a slip of the finger is told with its place and what was meant:', () => {
  const folder = mkdtempSync(join(tmpdir(), 'citywall-typos-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('every kind of file of a pack is among them', () => {
    const kinds = (root: string) =>
      readdirSync(join(ROOT, 'libs/packs', root), { withFileTypes: true }).map((entry) =>
        entry.isDirectory() ? entry.name : entry.name.replace(/^.*\//, ''),
      );
    const tried = new Set(SLIPS.map(([file]) => file.split('/')[1]));
    expect(kinds('water').filter((kind) => !tried.has(kind))).toEqual([]);
  });

  it.each(SLIPS)('%s: %s → %s', async (file, right, wrong, answer) => {
    for (const pack of ['water', 'overview']) {
      cpSync(join(ROOT, 'libs/packs', pack), join(folder, pack), { recursive: true });
    }
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(right);
    writeFileSync(path, text.replace(right, wrong));
    const { code, out, err } = await citywall(['check', folder]);
    expect(code).toBe(1);
    const told = `${out}\n${err}`.split('\n').filter((line) => line.startsWith(path));
    expect(told.length).toBeGreaterThan(0);
    expect(told.some((line) => answer.test(line.slice(path.length)))).toBe(true);
    writeFileSync(path, text);
  });
});
