import { describe, expect, it } from '@jest/globals';
import type { PackSource } from '../../../../../apps/server/src/readings/draft.js';
import { Routes } from '../../../../../apps/server/src/readings/routes.js';
import { fakePacks } from './fakes.js';

/** Packs that count how often they are asked for a topic, and can be replaced. */
function counted(first: PackSource) {
  let packs = first;
  let asked = 0;
  const source: PackSource = {
    all: () => packs.all(),
    get: (id) => packs.get(id),
    compiled: (id) => {
      asked += 1;
      return packs.compiled(id);
    },
    metric: (...words) => packs.metric(...words),
    asset: (id) => packs.asset(id),
  };
  return {
    source,
    asked: () => asked,
    replace(by: PackSource) {
      packs = by;
    },
  };
}

describe('Routes', () => {
  it('asks every pack once a topic, also where none of them takes it', () => {
    const packs = counted(fakePacks({ water: [{ id: 'f' }], urban: [{ id: 'g' }] }));
    const routes = new Routes(packs.source);
    for (let i = 0; i < 3; i++) {
      expect(routes.to('urban/x').map(({ system }) => system)).toEqual(['urban']);
      expect(routes.to('elsewhere')).toEqual([]);
    }
    expect(packs.asked()).toBe(4);
  });

  it('forgets what it found when a pack is replaced: its feeds, its catalogue, its assets', () => {
    const packs = counted(fakePacks({ water: [{ id: 'f' }] }, { 'water/node/level': { unit: 'm' } }));
    const routes = new Routes(packs.source);
    const before = routes.to('water/x')[0];
    expect([...(before?.facts.keys() ?? [])]).toEqual(['f']);
    expect(before?.metric('node', 'level')?.unit).toBe('m');
    expect(before?.metric('node', 'flow')).toBeUndefined();
    expect(before?.asset('node', 'a').declared).toBe(false);
    packs.replace(fakePacks({ water: [{ id: 'g' }] }, { 'water/node/level': { unit: 'cm' } }, ['water/node/a']));
    const after = routes.to('water/x')[0];
    expect([...(after?.facts.keys() ?? [])]).toEqual(['g']);
    expect(after?.metric('node', 'level')?.unit).toBe('cm');
    expect(after?.asset('node', 'a').declared).toBe(true);
  });

  it('tells assets of one topic apart', () => {
    const [route] = new Routes(fakePacks({ water: [{ id: 'f' }] })).to('water/x');
    const names = [
      ['node', 'a'],
      ['node', 'b'],
      ['gate', 'b'],
      ['node', 'a'],
    ].map(([type = '', key = '']) => route?.asset(type, key).typeKey);
    expect(names).toEqual(['node/a', 'node/b', 'gate/b', 'node/a']);
  });
});
