import type { ViewSpec } from '@citywall/protocol';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  HEARTBEAT_MS,
  LINGER_MS,
  OPENING_MS,
  SAVED_TICKS,
  TICK_MS,
} from '../../../../../apps/server/src/frames/frames.service.js';
import { EACH_TICK_MS } from '../../../../../apps/server/src/frames/views/evaluator.js';
import type { Window } from '../../../../../apps/server/src/state/index.js';
import { City, MINUTE, NOW, row, scene, settle, water } from './fakes.js';

const LEVELS: ViewSpec = { kind: 'latest', type: 'water/reservoir', metrics: ['level'] };
const HIGHEST: ViewSpec = { kind: 'aggregate', of: 'water/reservoir/level', fn: 'max' };
const SUM: ViewSpec = { kind: 'aggregate', of: 'water/reservoir/level', fn: 'sum' };
const SERIES_A: ViewSpec = {
  kind: 'series',
  asset: 'water/reservoir/a',
  metric: 'level',
  window: 60 * MINUTE,
  step: MINUTE,
};
const SYSTEMS: ViewSpec = { kind: 'systems' };

describe('streams', () => {
  let city: City;
  afterEach(() => city.frames.stop());

  async function open(views: ViewSpec[] = [LEVELS, HIGHEST]): Promise<City> {
    city = new City([water([scene('s', views), scene('t', [HIGHEST])])]);
    city.state.write('water', [row('reservoir/a', 430)]);
    await city.start();
    return city;
  }

  it('a snapshot has the layout and the state of every view', async () => {
    const screen = await (await open()).show('s');
    const [snapshot] = screen.snapshots;
    expect(snapshot).toMatchObject({ scene: 's', epoch: 'e1', demo: true, mode: 'live', at: NOW });
    expect(snapshot?.layout.panels.map(({ views }) => views)).toEqual([{ value: 0 }, { value: 1 }]);
    expect(screen.rows(0).map(({ name, value }) => [name, value])).toEqual([
      ['名a', 430],
      ['名b', null],
      ['名c', null],
    ]);
    expect(screen.rows(1)).toMatchObject([{ value: 430, fresh: 1, total: 3, asset: 'water/reservoir/a' }]);
  });

  it('the first change after a pause leaves at once', async () => {
    const screen = await (await open()).show('s');
    await city.clock.advance(5_430);
    const before = city.clock.now();
    city.state.write('water', [row('reservoir/b', 431, { at: before })]);
    await city.clock.advance(0);
    expect(screen.at.at(-1)).toBe(before);
    expect(screen.rows(0)[1]).toMatchObject({ value: 431 });
    expect(screen.rows(1)).toMatchObject([{ value: 431, fresh: 2 }]);
  });

  it('a storm of changes makes ten frames a second beside those that were saved, and the last value is shown', async () => {
    const screen = await (await open()).show('s');
    await city.clock.advance(1_000);
    const from = city.clock.now();
    for (let i = 0; i < 600; i++) {
      city.state.write('water', [row('reservoir/a', 400 + i, { at: from + i * 5 })]);
      await city.clock.advance(5);
    }
    await city.clock.advance(TICK_MS);
    const sent = screen.deltas.map(({ at }) => at).filter((at) => at >= from);
    expect(sent.length).toBeGreaterThanOrEqual(30);
    expect(sent.length).toBeLessThanOrEqual(31 + SAVED_TICKS);
    const gapsOf = (list: number[]) => list.slice(1).map((at, i) => at - (list[i] ?? 0));
    expect(Math.min(...gapsOf(sent))).toBeGreaterThanOrEqual(EACH_TICK_MS);
    expect(Math.min(...gapsOf(sent.filter((at) => at > from + 1_000)))).toBeGreaterThanOrEqual(TICK_MS);
    expect(screen.rows(0)[0]).toMatchObject({ value: 999 });
  });

  it('where changes are few each leaves at once, also the one soon after another', async () => {
    const screen = await (await open()).show('s');
    await city.clock.advance(1_000);
    for (const [i, pause] of [30, 200, 45, 60, 400].entries()) {
      const at = city.clock.now();
      city.state.write('water', [row('reservoir/b', 500 + i, { at })]);
      await city.clock.advance(0);
      expect(screen.at.at(-1)).toBe(at);
      expect(screen.rows(0)[1]).toMatchObject({ value: 500 + i });
      await city.clock.advance(pause);
    }
  });

  it('a clock that is set back by an hour stops neither changes nor heartbeats', async () => {
    const screen = await (await open()).show('s');
    await city.clock.advance(1_000);
    city.state.write('water', [row('reservoir/a', 430, { at: city.clock.now() })]);
    await city.clock.advance(200);
    city.clock.setBack(60 * MINUTE);
    await city.clock.advance(HEARTBEAT_MS + TICK_MS);
    const seen = screen.at.length;
    city.state.write('water', [row('reservoir/b', 777, { at: city.clock.now() + 60 * MINUTE })]);
    await city.clock.advance(TICK_MS);
    expect(screen.rows(0)[1]).toMatchObject({ value: 777 });
    await city.clock.advance(3 * HEARTBEAT_MS);
    expect(screen.at.length).toBeGreaterThanOrEqual(seen + 4);
  });

  it('ages of several figures are told in one frame', async () => {
    const inflow: ViewSpec = { kind: 'aggregate', of: 'water/reservoir/inflow', fn: 'sum' };
    const screen = await (await open([SUM, inflow])).show('s');
    await city.clock.advance(2_130);
    const from = city.clock.now();
    for (let i = 1; i <= 30; i++) {
      const at = from + i * 100;
      await city.clock.advance(50);
      city.state.write('water', [row('reservoir/a', 430, { at })]);
      await city.clock.advance(50);
      city.state.write('water', [row('reservoir/a', 7, { metric: 'inflow', at })]);
    }
    // the first values of inflow are a change; from then on only ages are
    const sent = screen.deltas.filter(({ at }) => at > from + 1_000);
    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(sent.every(({ views }) => views.length === 2)).toBe(true);
  });

  it('a change touches the views that show it and no other', async () => {
    await open([LEVELS, { kind: 'latest', type: 'water/reservoir', metrics: ['inflow'] }]);
    const screen = await city.show('s');
    await city.clock.advance(1_000);
    city.state.write('water', [row('reservoir/a', 1, { metric: 'inflow' })]);
    await city.clock.advance(0);
    expect(screen.deltas.at(-1)?.views.map(([index]) => index)).toEqual([1]);
  });

  it('a view that two scenes show is evaluated and encoded once', async () => {
    const one = await (await open([HIGHEST])).show('s');
    const other = await city.show('t');
    // and the two of the header, which both scenes have
    expect(city.frames.boards.staff.size).toBe(3);
    await city.clock.advance(1_000);
    const { encodings, evaluations } = city.frames.boards.staff.counts;
    city.state.write('water', [row('reservoir/a', 500, { at: NOW + 1_000 })]);
    await city.clock.advance(0);
    expect(one.rows(0)).toMatchObject([{ value: 500 }]);
    expect(other.rows(0)).toMatchObject([{ value: 500 }]);
    expect(city.frames.boards.staff.counts).toEqual({ encodings: encodings + 1, evaluations: evaluations + 1 });
  });

  it('a second display of a scene costs no evaluation, and no encoding but its snapshot frame', async () => {
    await (await open()).show('s');
    const before = { ...city.frames.boards.staff.counts };
    await city.show('s');
    expect(city.frames.boards.staff.counts).toEqual(before);
  });

  it('[PR17] a quiet stream sends an empty frame a second', async () => {
    const screen = await (await open()).show('s');
    await city.clock.advance(5 * HEARTBEAT_MS);
    expect(screen.frames.filter(({ kind }) => kind === 'delta').length).toBeGreaterThanOrEqual(4);
    expect(screen.deltas).toHaveLength(0);
  });

  it('a value turns stale by time alone: coverage falls without any message', async () => {
    const screen = await (await open()).show('s');
    expect(screen.meta(1)).toMatchObject({ fresh: 1, total: 3 });
    await city.clock.advance(5 * MINUTE);
    expect(screen.meta(1)).toMatchObject({ fresh: 1 });
    await city.clock.advance(200);
    expect(screen.meta(0)).toMatchObject({ fresh: 0, total: 3 });
    expect(screen.meta(1)).toMatchObject({ fresh: 0 });
    expect(screen.rows(1)).toMatchObject([{ value: 430, fresh: 0 }]);
  });

  it('age alone is told once a second, a value at once', async () => {
    const screen = await (await open([SUM])).show('s');
    await city.clock.advance(2_000);
    const from = city.clock.now();
    for (let i = 1; i <= 10; i++) {
      await city.clock.advance(100);
      city.state.write('water', [row('reservoir/a', 430, { at: from + i * 100 })]);
    }
    await city.clock.advance(100);
    expect(screen.deltas.filter(({ at }) => at > from).length).toBeLessThanOrEqual(3);
    city.state.write('water', [row('reservoir/a', 440, { at: city.clock.now() })]);
    await city.clock.advance(TICK_MS);
    expect(screen.rows(0)).toMatchObject([{ value: 440 }]);
  });

  it('an extreme shows one reading: its measured time is told at once', async () => {
    const screen = await (await open([HIGHEST])).show('s');
    await city.clock.advance(2_000);
    const at = city.clock.now();
    city.state.write('water', [row('reservoir/a', 430, { at })]);
    await city.clock.advance(TICK_MS);
    expect(screen.rows(0)).toMatchObject([{ value: 430, at }]);
  });

  it('a view that takes long rests long', async () => {
    await open([LEVELS]);
    const screen = await city.show('s');
    await city.clock.advance(1_000);
    const from = city.clock.now();
    const board = city.frames.boards.staff;
    const before = board.counts.evaluations;
    let calls = 0;
    Object.defineProperty(city, 'work', { get: () => 50 * calls++ });
    for (let i = 0; i < 300; i++) {
      city.state.write('water', [row('reservoir/a', i, { at: from + i * 20 })]);
      await city.clock.advance(20);
    }
    // what it costs is known after four evaluations, then it comes once a second
    expect(board.counts.evaluations - before).toBeLessThanOrEqual(4 + 6);
    expect(screen.rows(0)[0]?.value).toBeGreaterThan(0);
  });

  it('an evaluation that was interrupted does not silence its view', async () => {
    await open([LEVELS]);
    const screen = await city.show('s');
    await city.clock.advance(1_000);
    let calls = 0;
    // the process waits 200 ms for a processor in the midst of one evaluation
    Object.defineProperty(city, 'work', { configurable: true, get: () => (calls++ < 1 ? 0 : 200) });
    city.state.write('water', [row('reservoir/a', 431, { at: city.clock.now() })]);
    await city.clock.advance(TICK_MS);
    city.state.write('water', [row('reservoir/a', 432, { at: city.clock.now() })]);
    await city.clock.advance(TICK_MS);
    expect(screen.rows(0)[0]).toMatchObject({ value: 432 });
  });

  it('a tick that comes a moment early takes every view along', async () => {
    await open([LEVELS, { kind: 'latest', type: 'water/reservoir', metrics: ['inflow'] }]);
    const screen = await city.show('s');
    await city.clock.advance(1_000);
    city.clock.early = 1;
    city.state.write('water', [row('reservoir/a', 431, { at: city.clock.now() })]);
    await city.clock.advance(50);
    const at = city.clock.now();
    city.state.write('water', [row('reservoir/a', 432, { at }), row('reservoir/a', 7, { metric: 'inflow', at })]);
    await city.clock.advance(TICK_MS / 2);
    expect(screen.rows(1)[0]).toMatchObject({ value: 7 });
    expect(screen.rows(0)[0]).toMatchObject({ value: 432 });
  });

  it('a display that comes back in time goes on in the same stream; later it begins anew', async () => {
    await (await open()).show('s');
    const stream = city.frames.streamOf('s');
    const have = { epoch: 'e1', seq: stream?.seq ?? -1 };
    city.frames.leave('s');
    await city.clock.advance(0);
    expect(await city.frames.join('s')).toBe(stream);
    expect(stream?.continues(have)).toBe(true);
    expect(stream?.continues({ ...have, seq: have.seq - 1 })).toBe(false);
    expect(stream?.continues({ ...have, epoch: 'e0' })).toBe(false);
    city.frames.leave('s');
    await city.clock.advance(LINGER_MS);
    expect(city.frames.streamOf('s')).toBeUndefined();
    expect(city.frames.boards.staff.size).toBe(0);
  });

  it('nobody watches: nothing is evaluated and no timer runs but the counters', async () => {
    await (await open([LEVELS, SYSTEMS])).show('s');
    city.frames.leave('s');
    await city.clock.advance(LINGER_MS);
    await city.clock.advance(2_000);
    const before = city.frames.boards.staff.counts.evaluations;
    city.state.write('water', [row('reservoir/a', 1)]);
    await city.clock.advance(10_000);
    expect(city.frames.boards.staff.counts.evaluations).toBe(before);
    expect(city.clock.pending).toBe(1);
  });

  it('a scene nobody knows is none', async () => {
    await open();
    expect(await city.frames.join('nowhere')).toBeUndefined();
  });

  it('a changed pack sends running displays a new layout, an unchanged scene nothing', async () => {
    await (await open()).show('s');
    const other = await city.show('t');
    const screen = city.screens.get('s');
    const before = screen?.snapshots[0]?.layout.version;
    city.packs.replace([water([scene('s', [HIGHEST]), scene('t', [HIGHEST])])], ['water']);
    await city.clock.advance(2 * TICK_MS);
    expect(screen?.snapshots).toHaveLength(2);
    expect(screen?.snapshots[1]?.layout.version).not.toBe(before);
    expect(screen?.snapshots[1]?.layout.views[0]).toEqual(HIGHEST);
    expect(other.snapshots).toHaveLength(1);
    city.state.write('water', [row('reservoir/c', 999)]);
    await city.clock.advance(TICK_MS);
    expect(screen?.rows(0)).toMatchObject([{ value: 999 }]);
    expect(other.rows(0)).toMatchObject([{ value: 999 }]);
  });

  it('a scene that is gone ends its stream', async () => {
    await (await open()).show('s');
    city.packs.replace([water([scene('t', [HIGHEST])])], ['water']);
    expect(city.ended).toEqual(['s']);
    expect(city.frames.streamOf('s')).toBeUndefined();
    expect(await city.frames.join('s')).toBeUndefined();
  });

  /** A city whose windows are answered only when told to; each answer is the windows of a fetch in order. */
  async function slowWindows(views: ViewSpec[]): Promise<((value: number) => void)[]> {
    city = new City([water([scene('s', views)])]);
    city.state.write('water', [row('reservoir/a', 430)]);
    const answers: ((value: number) => void)[] = [];
    city.state.windows = () =>
      new Promise((resolve) => {
        answers.push((last) =>
          resolve([{ at: NOW, min: last, max: last, avg: last, sum: last, count: 1, last }] as Window[]),
        );
      });
    return answers;
  }

  it('a display that joins while state is read gets the history in its first picture', async () => {
    const answers = await slowWindows([LEVELS, SERIES_A]);
    const start = city.start();
    const showing = city.show('s');
    await start;
    // State is there, its views are evaluated without history, and within their rest the history arrives.
    await city.clock.advance(50);
    for (const answer of answers) answer(430);
    const screen = await showing;
    expect(screen.rows(1)).toMatchObject([{ last: 430, count: 1 }]);
  });

  it('a display waits for the history of the mirror that is shown, not of the one before it', async () => {
    const answers = await slowWindows([SERIES_A]);
    await city.start();
    const showing = city.show('s');
    await city.clock.advance(10);
    city.state.lose('water');
    await city.clock.advance(10);
    expect(answers).toHaveLength(2);
    for (const answer of answers) answer(430);
    expect((await showing).rows(0)).toMatchObject([{ last: 430, count: 1 }]);
  });

  it('history that arrives within the rest of its view does not wait for the rest to end', async () => {
    const answers = await slowWindows([LEVELS, SERIES_A]);
    await city.start();
    const showing = city.show('s');
    await city.clock.advance(10);
    answers[0]?.(430);
    const screen = await showing;
    await city.clock.advance(1_000);
    city.state.lose('water');
    await city.clock.advance(TICK_MS);
    const before = city.clock.now();
    answers[1]?.(431);
    await city.clock.advance(TICK_MS);
    expect(screen.at.at(-1)).toBe(before);
    expect(screen.rows(1)).toMatchObject([{ last: 431 }]);
  });

  it('without state the first display waits two seconds, then sees that it is not loaded', async () => {
    city = new City([water([scene('s', [HIGHEST, SYSTEMS])])]);
    city.state.gone = true;
    await city.start();
    const joining = city.frames.join('s');
    await city.clock.advance(OPENING_MS - 1);
    let joined = false;
    void joining.then(() => {
      joined = true;
    });
    await settle();
    expect(joined).toBe(false);
    await city.clock.advance(1);
    const screen = await city.show('s');
    expect(screen.meta(0)).toMatchObject({ error: 'not-loaded' });
    expect(screen.rows(1)).toMatchObject([{ id: 'water', state: 'waiting' }]);

    city.state.gone = false;
    city.state.write('water', [row('reservoir/a', 12)]);
    city.state.lose('water');
    await city.clock.advance(2_000);
    expect(screen.meta(0).error).toBeUndefined();
    expect(screen.rows(0)).toMatchObject([{ value: 12 }]);
  });

  it('a view that fails says so in its place, its neighbours go on, and it comes back', async () => {
    await open([LEVELS, { kind: 'notices' }]);
    const all = city.notices.all.bind(city.notices);
    city.notices.all = () => {
      throw new Error('defect');
    };
    const screen = await city.show('s');
    expect(screen.rows(0)[0]).toMatchObject({ value: 430 });
    expect(screen.meta(1)).toEqual({ error: 'internal' });
    await city.clock.advance(5_000);
    expect(city.logged.filter((line) => line.includes('defect'))).toHaveLength(1);
    city.notices.all = all;
    await city.clock.advance(2_000);
    expect(screen.meta(1)).toEqual({ count: 0 });
  });
});
