import { join } from 'node:path';
import { compileScene, type Pack, parsePack, type SceneSpec, showProblem } from '@citywall/pack-schema';
import type { ViewSpec } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { FIXTURES, readTexts } from './texts.js';

const texts = readTexts(join(FIXTURES, 'good'));
const water = parsePack(texts).pack as Pack;
const scene = water.scenes[0] as SceneSpec;
/** A panel that takes views of a kind: its type, the role, its options. */
const HOLDERS: Record<string, [type: string, role: string, options: string]> = {
  rank: ['ranking', 'rows', '{}'],
  flow: ['flow', 'links', `{ stages: [{ name: { zh: 甲, en: A } }, { name: { zh: 乙, en: B } }] }`],
  coverage: ['coverage', 'types', '{}'],
};
const FIGURE = ['figure', 'main', '{ main: { show: value } }'] as const;
const holderOf = (view: string) => HOLDERS[/kind: (\w+)/.exec(view)?.[1] ?? ''] ?? FIGURE;
const city = (view: string, [type, role, options] = holderOf(view)) =>
  parsePack(
    new Map([
      ['pack.yaml', 'id: overview\nkind: city\nname: { zh: 全市, en: City }\n'],
      [
        'scene.yaml',
        `scenes:
  - id: overview
    name: { zh: 总览, en: Overview }
    grid: { columns: 1, rows: 1 }
    panels:
      - id: a
        type: ${type}
        at: { x: 0, y: 0, w: 1, h: 1 }
        title: { zh: 甲, en: A }
        views:
          ${role}: ${view}
        options: ${options}
`,
      ],
    ]),
    new Map(),
    { systems: new Map([['water', water]]) },
  ).problems.map(showProblem);

describe('compileScene', () => {
  it('shares equal views and names them by index', () => {
    const compiled = compileScene(scene, [water]);
    expect(compiled.views.map((view) => view.kind)).toEqual([
      'series',
      'latest',
      'rank',
      'tally',
      'alarms',
      'alarm-events',
    ]);
    expect(compiled.panels.map((panel) => panel.views)).toEqual([
      { series: 0, latest: 1 },
      { rows: 2, second: 2, plan: 3 },
    ]);
    // every scene has a header, which asks for the alarms of its system
    expect(compiled.header).toEqual({ alarms: 4, ended: 5 });
    expect(compiled.views[4]).toEqual({ kind: 'alarms', systems: ['water'], limit: 20 });
    expect(compiled).toMatchObject({ id: 'water', system: 'water', grid: { columns: 24, rows: 12 } });
  });

  it('brings the words of the occurrences its views can show, and of no others', () => {
    const { name, statuses, levels } = water.occurrenceTypes.report!;
    expect(compileScene(scene, [water]).occurrenceTypes).toEqual({ 'water/report': { name, statuses, levels } });
    const quiet = { ...scene, panels: scene.panels.slice(0, 1) };
    expect(compileScene(quiet, [water])).not.toHaveProperty('occurrenceTypes');
    const listing = (types?: string[]): SceneSpec => {
      const rows: ViewSpec = { kind: 'list', systems: ['water', 'traffic'], ...(types && { types }), limit: 5 };
      return { ...quiet, panels: [{ ...quiet.panels[0]!, views: { rows } }] };
    };
    const incident = { name: { zh: '交通事件', en: 'Incident' } };
    const traffic = { ...water, id: 'traffic', occurrenceTypes: { ...water.occurrenceTypes, incident } };
    expect(compileScene(listing(['incident']), [water, traffic]).occurrenceTypes).toEqual({
      'traffic/incident': incident,
    });
    expect(Object.keys(compileScene(listing(), [water, traffic]).occurrenceTypes ?? {})).toEqual([
      'water/report',
      'traffic/report',
      'traffic/incident',
    ]);
  });

  it('has the same version for the same text, another one for any change of layout, view or catalogue', () => {
    const { version } = compileScene(scene, [water]);
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect(compileScene(parsePack(texts).pack?.scenes[0] as SceneSpec, [water]).version).toBe(version);
    const moved = structuredClone(scene);
    if (moved.panels[0]?.at) moved.panels[0].at.h = 11;
    const other = structuredClone(scene);
    if (other.panels[1]) (other.panels[1].views.rows as Extract<ViewSpec, { kind: 'rank' }>).limit = 9;
    const renamed = structuredClone(water);
    if (renamed.metrics[0]) renamed.metrics[0].unit = 'cm';
    const versions = [version, compileScene(moved, [water]).version, compileScene(other, [water]).version];
    versions.push(compileScene(scene, [renamed]).version);
    expect(new Set(versions).size).toBe(4);
  });

  it('does not change with systems it does not show', () => {
    const { version } = compileScene(scene, [water]);
    expect(compileScene(scene, [water, { ...water, id: 'traffic' }]).version).toBe(version);
  });
});

describe('a city scene', () => {
  it('refers to systems by their whole names', () => {
    expect(city('{ kind: aggregate, of: water/reservoir/level, fn: max }')).toEqual([]);
    expect(city('{ kind: aggregate, of: water/reservoir/levl, fn: max }')).toEqual([
      'scene.yaml:11:40 system water has no metric "water/reservoir/levl", did you mean water/reservoir/level?',
    ]);
    expect(city('{ kind: latest, type: water/reservor, metrics: [level] }')).toEqual([
      'scene.yaml:11:39 system water has no asset type "reservor", did you mean reservoir?',
    ]);
    expect(city('{ kind: tally, system: water, type: reports, by: status }')).toEqual([
      'scene.yaml:11:53 system water has no occurrence type "reports", did you mean report?',
    ]);
    expect(city('{ kind: flow, system: water, type: reports, stages: [status, level] }')).toEqual([
      'scene.yaml:11:53 system water has no occurrence type "reports", did you mean report?',
    ]);
    expect(city('{ kind: coverage, types: [water/reservoir, water/reservor] }')).toEqual([
      'scene.yaml:11:61 system water has no asset type "reservor", did you mean reservoir?',
    ]);
    expect(city('{ kind: rank, of: reservoir/level }')).toEqual([
      'scene.yaml:11:35 in a city pack give system/type/metric',
    ]);
  });

  it('has panels of types that the wall draws', () => {
    const problems = city('{ kind: notices }', ['figur', 'main', '{}']);
    expect(problems).toEqual(['scene.yaml:7:15 there is no panel type "figur", did you mean figure?']);
  });

  it('lists occurrences of types and statuses that there are', () => {
    expect(city('{ kind: list, systems: [water], types: [report], status: [open] }')).toEqual([]);
    expect(city('{ kind: list, systems: [water], types: [reports] }')).toEqual([
      'scene.yaml:11:57 system water has no occurrence type "reports", did you mean report?',
    ]);
    expect(city('{ kind: list, systems: [water], types: [report], status: [opened] }')).toEqual([
      'scene.yaml:11:75 "opened" is no status of "report", did you mean open?',
    ]);
    expect(city('{ kind: tally, system: water, by: level, status: [lost] }')).toEqual([
      'scene.yaml:11:67 "lost" is no status of "report"; it has open, closed',
    ]);
  });

  it('leaves lists over several systems to the message: each has words of its own', () => {
    expect(city('{ kind: list, systems: [water, power], types: [outage], status: [dark] }')).toEqual([]);
  });

  it('may show a system that is not connected here', () => {
    expect(city('{ kind: aggregate, of: power/line/load, fn: sum }')).toEqual([]);
  });
});
