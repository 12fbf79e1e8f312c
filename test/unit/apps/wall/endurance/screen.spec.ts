import { describe, expect, it } from '@jest/globals';
import { driftAt } from '../../../../../apps/wall/src/endurance/drift.js';
import { entryOf, leaveReason, screenId, takeReason } from '../../../../../apps/wall/src/endurance/screen.js';

function store() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe('who a screen is', () => {
  it('its address may name it; else it has a name of its own that a reload keeps', () => {
    const tab = store();
    let n = 0;
    const around = (query: string) => ({
      store: tab,
      query: new URLSearchParams(query),
      random: () => `r${n++}`,
      reloaded: false,
    });
    expect(screenId(around('screen=大厅-左'))).toBe('大厅-左');
    expect(screenId(around(''))).toBe('r0');
    expect(screenId(around('screen=<b>'))).toBe('r0');
  });

  it('the page before says why this one was loaded; else the browser does', () => {
    const tab = store();
    expect(takeReason({ store: tab, reloaded: false })).toBe('opened');
    expect(takeReason({ store: tab, reloaded: true })).toBe('manual');
    leaveReason(tab, 'planned');
    expect(takeReason({ store: tab, reloaded: true })).toBe('planned');
    expect(takeReason({ store: tab, reloaded: true })).toBe('manual');
  });

  it('its build is the name of its entry script', () => {
    expect(entryOf('<script type="module" crossorigin src="/assets/index-BX_3f-9a.js"></script>')).toBe(
      'index-BX_3f-9a',
    );
    expect(entryOf('<script>1</script>')).toBeNull();
  });
});

describe('drift against burn-in', () => {
  it('never more than two pixels from the middle, one a step, and comes round', () => {
    const places = Array.from({ length: 10 }, (_, i) => driftAt(i * 180_000));
    expect(places[9]).toEqual(places[0]);
    for (const [i, { x, y }] of places.entries()) {
      expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(2);
      const before = places[i - 1];
      if (before) expect(Math.max(Math.abs(x - before.x), Math.abs(y - before.y))).toBeLessThanOrEqual(1);
    }
  });
});
