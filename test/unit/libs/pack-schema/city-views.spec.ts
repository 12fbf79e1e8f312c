import { join } from 'node:path';
import { compileScene, type Pack, parsePack, showProblem } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { FIXTURES, readTexts } from './texts.js';

const water = parsePack(readTexts(join(FIXTURES, 'good'))).pack as Pack;
const CLASSES = '{ classes: [{ below: 50, zh: 差, en: bad }, { zh: 好, en: good }] }';
const COLUMNS = '{ group: { zh: 镇, en: town }, columns: [{ id: a, name: { zh: 甲, en: A } }] }';
const HOLDERS: Record<string, [type: string, role: string, options: string]> = {
  index: ['health', 'index', CLASSES],
  groups: ['groups', 'rows', COLUMNS],
  caseload: ['caseload', 'rows', '{}'],
};

/** A city pack with one panel, its view from line 12 on. */
function parse(view: string) {
  const [type, role, options] = HOLDERS[/kind: (\w+)/.exec(view)?.[1] ?? '']!;
  const scene = `scenes:
  - id: overview
    name: { zh: 总览, en: Overview }
    grid: { columns: 1, rows: 1 }
    panels:
      - id: a
        type: ${type}
        at: { x: 0, y: 0, w: 1, h: 1 }
        title: { zh: 甲, en: A }
        options: ${options}
        views:
          ${role}: ${view}
`;
  const head = 'id: overview\nkind: city\nname: { zh: 全市, en: City }\n';
  const texts = new Map([
    ['pack.yaml', head],
    ['scene.yaml', scene],
  ]);
  return parsePack(texts, new Map(), { systems: new Map([['water', water]]) });
}
const problems = (view: string) =>
  parse(view).problems.map((problem) => showProblem(problem).replace(/^scene.yaml:12:\d+ /, ''));

const measure = (more: string) =>
  `{ kind: index, parts: [{ id: p, name: { zh: 甲, en: A }, weight: 1, measures: [{ id: m, name: { zh: 乙, en: B }, ${more} }] }] }`;
const LEVELS = 'view: { kind: aggregate, of: water/reservoir/level, fn: max }';
const LINE = 'score: [[0, 100], [10, 0]]';

describe('an index', () => {
  it('takes the usual number of each kind of view, and is sparing with words', () => {
    const { pack } = parse(measure(`${LEVELS}, ${LINE}`));
    expect(pack?.scenes[0]?.panels[0]?.views.index).toEqual({
      kind: 'index',
      atLeast: 0.8,
      parts: [
        {
          id: 'p',
          name: { zh: '甲', en: 'A' },
          weight: 1,
          measures: [
            {
              id: 'm',
              name: { zh: '乙', en: 'B' },
              view: { kind: 'aggregate', of: 'water/reservoir/level', fn: 'max' },
              take: 'value',
              score: [
                [0, 100],
                [10, 0],
              ],
              weight: 1,
            },
          ],
        },
      ],
    });
  });

  it.each([
    [
      'a line that falls back',
      `${LEVELS}, score: [[10, 0], [0, 100]]`,
      'the line rises in what is measured: order its corners by that',
    ],
    [
      'a number that its view has not',
      `${LEVELS}, take: count, ${LINE}`,
      'a view of kind aggregate has no "count"; it has value, share',
    ],
    [
      'a share of nothing',
      `${LEVELS}, take: share, ${LINE}`,
      'a share is of the members that meet "where": give the view one',
    ],
    [
      'a measure of many numbers',
      `view: { kind: aggregate, of: water/reservoir/level, fn: max, by: town }, ${LINE}`,
      'a measure is one number: leave out "by"',
    ],
    [
      'a metric nobody has',
      `view: { kind: aggregate, of: water/reservoir/levl, fn: max }, ${LINE}`,
      'system water has no metric "water/reservoir/levl", did you mean water/reservoir/level?',
    ],
  ])('refuses %s', (_name, more, said) => {
    expect(problems(measure(more))).toEqual([said]);
  });

  it('a system that is not connected is no problem', () => {
    expect(problems(measure(`view: { kind: aggregate, of: air/station/aqi, fn: max }, ${LINE}`))).toEqual([]);
  });

  it('parts and measures have ids of their own', () => {
    const part = `{ id: p, name: { zh: 甲, en: A }, weight: 1, measures: [{ id: m, name: { zh: 乙, en: B }, ${LEVELS}, ${LINE} }, { id: m, name: { zh: 丙, en: C }, ${LEVELS}, ${LINE} }] }`;
    expect(problems(`{ kind: index, parts: [${part}, ${part}] }`)).toEqual([
      'measure "m" is there twice',
      'part "p" is there twice',
      'measure "m" is there twice',
    ]);
  });
});

describe('groups', () => {
  const groups = (columns: string, order: string) =>
    `{ kind: groups, by: town, columns: [${columns}], order: [${order}] }`;
  const column = `{ id: a, ${LEVELS} }`;

  it('stand by columns that are there', () => {
    expect(problems(groups(column, 'a'))).toEqual([]);
    expect(problems(groups(`${column}, ${column}`, 'aa'))).toEqual([
      'column "a" is there twice',
      'there is no column "aa", did you mean a?',
    ]);
  });

  it('point to what their columns point to', () => {
    expect(problems(groups('{ id: a, view: { kind: caseload, types: [water/cse] } }', 'a'))).toEqual([
      'system water has no occurrence type "water/cse"'.replace('water/cse', 'cse'),
    ]);
  });
});

describe('a caseload', () => {
  it('names systems in a city pack', () => {
    expect(problems('{ kind: caseload, types: [case] }')).toEqual([
      '"system" is missing: a city pack names the system',
    ]);
  });

  it('brings the words of its types along', () => {
    const { pack } = parse('{ kind: caseload, types: [water/report, elderly/sos] }');
    const compiled = compileScene(pack!.scenes[0]!, [pack!, water]);
    expect(Object.keys(compiled.occurrenceTypes ?? {})).toEqual(['water/report']);
  });
});
