import { join } from 'node:path';
import { type PackLayer, parsePack, type Recipes, showProblem } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { FIXTURES, readTexts } from './texts.js';

const builtin: PackLayer = { root: 'libs/packs/water', files: readTexts(join(FIXTURES, 'good')) };
const site = (files: Record<string, string>): PackLayer => ({
  root: 'site/water',
  files: new Map(Object.entries(files)),
});
const parse = (files: Record<string, string>, recipes: Recipes = new Map()) =>
  parsePack([builtin, site(files)], recipes, { id: 'water' });

describe('a site folder over a built-in pack', () => {
  it('merges maps deep and entries by id, keeps the order and appends new ones', () => {
    const { pack, problems } = parse({
      'alarms.yaml': `alarms:
  - { id: mine, metric: reservoir/level, when: { below: 440 }, priority: 4, text: { zh: 低, en: low } }
  - { id: level-top, priority: 2, text: { en: Dam is overtopped } }
`,
    });
    expect(problems).toEqual([]);
    expect(pack?.alarms.map((rule) => rule.id)).toEqual([
      'level-high',
      'level-top',
      'pump-stopped',
      'report-high',
      'mine',
    ]);
    expect(pack?.alarms[1]).toMatchObject({
      when: { above: 468 },
      priority: 2,
      text: { zh: '漫坝', en: 'Dam is overtopped' },
    });
  });

  it('replaces lists without ids', () => {
    const { pack } = parse({ 'feeds.yaml': 'feeds:\n  - { id: realtime, missing: [""] }\n' });
    expect(pack?.feeds[0]?.missing).toEqual(['']);
    expect(pack?.feeds[0]?.expect).toBe(300_000);
  });

  it('null deletes a key, and an entry where the patch is a map from id to entry', () => {
    const { pack, problems } = parse({
      'feeds.yaml':
        'feeds:\n  pump: null\n  realtime: { expect: null, qos: 0 }\n  more: { topic: a/b, ignore: true }\n',
    });
    expect(problems).toEqual([]);
    expect(pack?.feeds.map((feed) => feed.id)).toEqual(['realtime', 'report', 'more']);
    expect(pack?.feeds[0]).toMatchObject({ qos: 0, topic: 'slj/{stcd}/rt' });
    expect(pack?.feeds[0]).not.toHaveProperty('expect');
  });

  it('says which file said it', () => {
    const { problems } = parse({
      'feeds.yaml': `feeds:
  - id: realtime
    qos: 3
    readings: { inflow: { opss: [] }, levels: z }
`,
      'metrics.yaml': 'metrics:\n  - { id: pump/state, kind: gauge }\n',
    });
    expect(problems.map(showProblem)).toEqual([
      'libs/packs/water/metrics.yaml:15:13 only kind state has states, this is gauge',
      'site/water/feeds.yaml:3:10 expected 0 or 1, found 3',
      'site/water/feeds.yaml:4:27 unknown key "opss", did you mean "ops"?',
    ]);
  });

  it('a patch that breaks a reference is told where the reference stands', () => {
    const { problems } = parse({ 'metrics.yaml': 'metrics:\n  reservoir/inflow: null\n' });
    expect(problems.map(showProblem)).toEqual([
      'libs/packs/water/feeds.yaml:10:7 metric "reservoir/inflow" is not declared in metrics.yaml',
    ]);
  });

  it('adds files the built-in pack does not have, and cases', () => {
    const { pack, problems } = parse({
      'cases/mine.yaml':
        'topic: a/b\npayload: { text: x }\nreceivedAt: 2026-07-09T14:35:02+08:00\nexpect: { rejections: [{ reason: decode }] }\n',
    });
    expect(problems).toEqual([]);
    expect(pack?.cases.map((one) => one.file)).toEqual([
      'site/water/cases/mine.yaml',
      'libs/packs/water/cases/realtime.yaml',
    ]);
  });

  it('a broken patch is one problem, the base is still judged', () => {
    const { problems } = parse({ 'kpis.yaml': 'kpis: [' });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.file).toBe('site/water/kpis.yaml');
  });
});

describe('a recipe in a pack', () => {
  const recipes: Recipes = new Map([
    [
      'tracker',
      {
        root: 'libs/recipes/tracker',
        files: new Map([
          [
            'recipe.yaml',
            `id: tracker
name: { zh: 定位, en: Tracker }
source: ours
metrics:
  - { id: pump/state, name: { zh: 状态, en: State of tracker }, kind: text }
  - { id: pump/speed, name: { zh: 速度, en: Speed }, kind: gauge, unit: km/h }
feeds:
  - id: location
    topic: tracker/{user}/{dev}
    when: { path: type, is: location }
    asset: pump/{user}
    at: { path: t, as: unix_s }
    readings: { state: { path: s, ops: [text] }, odo: { path: o, optional: true } }
  - id: rest
    topic: tracker/{user}/{dev}
    ignore: true
`,
          ],
        ]),
      },
    ],
  ]);
  const use = (text: string) => parse({ 'feeds.yaml': `feeds:\n${text}` }, recipes);

  it('brings its metrics under the asset type its feeds have here; what the pack declares itself wins', () => {
    const only = '{ id: location, readings: { odo: null } }';
    const same = use(`  - { id: fleet, use: tracker, feeds: [${only}] }\n`);
    expect(same.problems).toEqual([]);
    const words = (of: typeof same) =>
      Object.fromEntries((of.pack?.metrics ?? []).map((metric) => [`${metric.type}/${metric.name}`, metric.label.en]));
    expect(words(same)).toMatchObject({ 'pump/state': 'Pump state', 'pump/speed': 'Speed' });
    const moved = use(`  - { id: fleet, use: tracker, asset: 'reservoir/{user}', feeds: [${only}] }\n`);
    expect(moved.problems).toEqual([]);
    expect(words(moved)).toMatchObject({ 'reservoir/state': 'State of tracker', 'reservoir/speed': 'Speed' });
    expect(words(moved)).not.toHaveProperty('pump/speed');
  });

  it('brings its feeds under the id of the entry', () => {
    const { pack, problems } = use(
      '  - { id: fleet, use: tracker, feeds: [{ id: location, readings: { odo: null } }] }\n',
    );
    expect(problems).toEqual([]);
    expect(pack?.feeds.slice(3)).toMatchObject([
      { id: 'fleet-location', topic: 'tracker/{user}/{dev}' },
      { id: 'fleet-rest', ignore: true },
    ]);
  });

  it('takes overrides for all feeds, and for single ones by their id', () => {
    const { pack, problems } = use(`  - id: fleet
    use: tracker
    qos: 0
    expect: 1m
    feeds:
      - { id: location, when: null, asset: "reservoir/{user}", readings: { level: l, state: null, odo: null } }
`);
    expect(problems).toEqual([]);
    const location = pack?.feeds[3];
    expect(location).toEqual({
      id: 'fleet-location',
      topic: 'tracker/{user}/{dev}',
      asset: 'reservoir/{user}',
      at: { path: 't', as: 'unix_s' },
      readings: { level: 'l' },
      qos: 0,
      expect: 60_000,
    });
    expect(pack?.feeds[4]).toMatchObject({ id: 'fleet-rest', qos: 0 });
  });

  it('drops a feed that is patched by null', () => {
    const { pack } = use(
      '  - { id: fleet, use: tracker, feeds: { rest: null, location: { readings: { odo: null } } } }\n',
    );
    expect(pack?.feeds.slice(3).map((feed) => feed.id)).toEqual(['fleet-location']);
  });

  it('points to the pack for what the pack says and to the recipe for what the recipe says', () => {
    const { problems } = use(`  - id: fleet
    use: tracker
    feeds:
      - { id: location, asset: "bus/{user}" }
      - { id: loction, qos: 0 }
`);
    expect(problems.map(showProblem)).toEqual([
      'site/water/feeds.yaml:5:32 asset type "bus" is not declared in pack.yaml',
      'site/water/feeds.yaml:6:9 recipe tracker has no feed "loction"; it has location, rest',
    ]);
    const metric = parsePack(
      [builtin, site({ 'feeds.yaml': 'feeds:\n  - { id: f, use: tracker, asset: "reservoir/{user}" }\n' })],
      recipes,
    );
    expect(metric.problems.map(showProblem)).toEqual([
      'libs/recipes/tracker/recipe.yaml:13:50 metric "reservoir/odo" is not declared in metrics.yaml',
    ]);
  });

  it('names the recipe that was probably meant', () => {
    expect(use('  - { id: fleet, use: traker }\n').problems.map(showProblem)).toEqual([
      'site/water/feeds.yaml:2:23 there is no recipe "traker", did you mean tracker?',
    ]);
  });
});
