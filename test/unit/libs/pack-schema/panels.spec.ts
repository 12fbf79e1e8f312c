import { parsePack, showProblem } from '@citywall/pack-schema';
import { PANEL_SPECS, panelSpec } from '@citywall/pack-schema/panels';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { EXAMPLES } from '../../../../apps/wall/src/transport/fixture/examples/index.js';

type Map = Record<string, unknown>;
interface Written {
  type: string;
  views: Map;
  options: Map;
}

const VIEWS_AT = 9;
/** A scene with one panel: each view and each option on a line of its own, views from line 10 on. */
function scene({ type, views, options }: Written): string {
  const members = (map: Map) => Object.entries(map).map(([key, value]) => `          ${key}: ${JSON.stringify(value)}`);
  return [
    'scenes:',
    '  - id: overview',
    '    name: { zh: 总览, en: Overview }',
    '    grid: { columns: 1, rows: 1 }',
    '    panels:',
    `      - type: ${type}`,
    '        id: a',
    '        at: { x: 0, y: 0, w: 1, h: 1 }',
    Object.keys(views).length > 0 ? '        views:' : '        views: {}',
    ...members(views),
    Object.keys(options).length > 0 ? '        options:' : '        options: {}',
    ...members(options),
    '        title: { zh: 甲, en: A }',
  ].join('\n');
}

const PACK = 'id: overview\nkind: city\nname: { zh: 全市, en: City }\n';
const check = (written: Written): string[] =>
  parsePack(
    new Map([
      ['pack.yaml', PACK],
      ['scene.yaml', scene(written)],
    ]),
  ).problems.map(showProblem);

/** Line of a view or option in `scene`. */
const lineOf = ({ views, options }: Written, part: 'views' | 'options', key: string): number =>
  part === 'views'
    ? VIEWS_AT + 1 + Object.keys(views).indexOf(key)
    : VIEWS_AT + Object.keys(views).length + 2 + Object.keys(options).indexOf(key);

const examples = EXAMPLES.flatMap(({ type, examples: all }) =>
  all.map(({ id, views, options }) => ({ name: `${type}/${id}`, type, views: views as Map, options })),
);
/** The first example of each type; the gallery has one for every type there is. */
const firsts = PANEL_SPECS.map(({ type }) => examples.find((example) => example.type === type)!);
const without = (map: Map, key: string): Map =>
  Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));

describe('what a scene may say of a panel', () => {
  it.each(examples)('$name of the gallery is right', (example) => {
    expect(check(example)).toEqual([]);
  });

  it.each(firsts)('$type: an option nobody knows', (written) => {
    const wrong = { ...written, options: { ...written.options, coverageUnitt: { zh: '站', en: 'stations' } } };
    const at = `scene.yaml:${lineOf(wrong, 'options', 'coverageUnitt')}:11`;
    expect(check(wrong)).toEqual([`${at} unknown key "coverageUnitt", did you mean "coverageUnit"?`]);
    const strange = { ...written, options: { ...written.options, zzzzzzzz: 1 } };
    const known = Object.keys((panelSpec(written.type)!.options as z.ZodObject).shape).join(', ');
    expect(check(strange)).toEqual([
      `scene.yaml:${lineOf(strange, 'options', 'zzzzzzzz')}:11 unknown key "zzzzzzzz"; known are ${known}`,
    ]);
  });

  const options = firsts.flatMap((written) => {
    const { properties = {} } = z.toJSONSchema(panelSpec(written.type)!.options, { io: 'input' }) as {
      properties?: Map;
    };
    return Object.keys(properties).map((option) => ({ name: `${written.type}.${option}`, option, written }));
  });
  it.each(options)('$name: a value it does not take', ({ option, written }) => {
    // null is taken by no option
    const wrong = { ...written, options: { ...written.options, [option]: null } };
    const problems = check(wrong);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^scene\\.yaml:${lineOf(wrong, 'options', option)}:\\d+ expected .+ null$`));
  });

  it.each(firsts.filter(({ type }) => Object.values(panelSpec(type)!.roles).some(({ required }) => required)))(
    '$type: a role that is missing',
    (written) => {
      for (const [role, { required, kinds }] of Object.entries(panelSpec(written.type)!.roles)) {
        if (required !== true) continue;
        const problems = check({ ...written, views: without(written.views, role) });
        const missing = problems.filter((problem) => problem.includes(`the role "${role}" is missing`));
        expect(missing).toHaveLength(1);
        expect(missing[0]).toMatch(/^scene\.yaml:(9|10):/);
        expect(missing[0]!.endsWith(`it takes ${kinds.join(', ')}`)).toBe(true);
      }
    },
  );

  it.each(firsts)('$type: a role nobody knows', (written) => {
    const roles = Object.keys(panelSpec(written.type)!.roles);
    const [main] = roles;
    const wrong = { ...written, views: { ...written.views, [`${main}x`]: { kind: 'notices' } } };
    const problems = check(wrong);
    // the map has roles of its own, of some kinds, that its layers name
    const said = panelSpec(written.type)!.others
      ? [
          `nothing in "options" shows the view "${main}x"`,
          `the role "${main}x" of map takes layer, list, aggregate, rank, found notices`,
        ]
      : [`${written.type} has no role "${main}x", did you mean ${main}? It has ${roles.join(', ')}`];
    expect(problems.map((problem) => problem.replace(/:\d+ /, ' '))).toEqual(
      said.map((message) => `scene.yaml:${lineOf(wrong, 'views', `${main}x`)} ${message}`),
    );
  });

  it.each(firsts)('$type: a view of a kind that a role does not take', (written) => {
    for (const [role, { kinds }] of Object.entries(panelSpec(written.type)!.roles)) {
      const kind = kinds.includes('notices') ? 'systems' : 'notices';
      const wrong = { ...written, views: { ...written.views, [role]: { kind } } };
      const at = `scene.yaml:${lineOf(wrong, 'views', role)}`;
      expect(check(wrong).map((problem) => problem.replace(/:\d+ /, ' '))).toContain(
        `${at} the role "${role}" of ${written.type} takes ${kinds.join(', ')}, found ${kind}`,
      );
    }
  });
});

describe('options that name a view', () => {
  const rank = { kind: 'rank', of: 'water/river/level' };
  const aggregate = { kind: 'aggregate', of: 'water/river/level', fn: 'max' };
  const words = { zh: '甲', en: 'A' };
  const shown = { show: 'value' };

  it('a card without its figure', () => {
    const cards = [shown, shown].map((card) => ({ ...card, name: words }));
    expect(check({ type: 'card', views: { first: aggregate }, options: { cards } })).toEqual([
      'scene.yaml:12:63 there is no view "second" in "views"; there are first',
    ]);
  });

  it('the side of a figure, the values of a text, the parts of a line and of a map', () => {
    expect(
      check({ type: 'figure', views: { main: aggregate }, options: { main: shown, side: { ...shown, view: 'mian' } } }),
    ).toEqual(['scene.yaml:13:40 there is no view "mian" in "views", did you mean main?']);
    expect(check({ type: 'text', views: {}, options: { text: words, values: { a: shown } } })).toEqual([
      'scene.yaml:12:24 there is no view "main" in "views"',
    ]);
    const series = { kind: 'series', asset: 'water/river/1', metric: 'level' };
    expect(check({ type: 'line', views: { series }, options: { past: { name: words } } })).toEqual([
      'scene.yaml:12:17 there is no view "past" in "views"; there are series',
    ]);
    const layer = { kind: 'symbols', id: 'rivers', view: 'rivres', name: words };
    expect(check({ type: 'map', views: { rivers: rank }, options: { layers: [layer] } })).toEqual([
      'scene.yaml:10:11 nothing in "options" shows the view "rivers"',
      'scene.yaml:12:59 there is no view "rivres" in "views", did you mean rivers?',
    ]);
  });

  it('lists that are too short or too long say how many there must be', () => {
    const axis = { key: 'a', name: words, max: 1 };
    expect(check({ type: 'radar', views: { values: rank }, options: { axes: [axis, axis] } })).toEqual([
      'scene.yaml:12:17 must have at least 3 entries, found 2',
    ]);
    expect(check({ type: 'radar', views: { values: rank }, options: { axes: Array(9).fill(axis) } })).toEqual([
      'scene.yaml:12:17 must have at most 8 entries, found 9',
    ]);
  });
});
