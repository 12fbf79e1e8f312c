import type { RenderedReport } from '@citywall/protocol';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  DisplayKeeper,
  FORGET_AFTER_MS,
  MAX_KEPT,
} from '../../../../../apps/server/src/displays/display-keeper.service.js';
import type { DisplayStore } from '../../../../../apps/server/src/displays/displays.repository.js';
import type { KeptDisplay } from '../../../../../apps/server/src/displays/displays.types.js';
import { Displays } from '../../../../../apps/server/src/frames/displays.js';

class MemoryStore implements DisplayStore {
  readonly kept = new Map<string, string>();
  away = false;

  async write(list: readonly KeptDisplay[]): Promise<void> {
    this.check();
    for (const one of list) this.kept.set(one.id, JSON.stringify(one));
  }
  async read(ids: readonly string[]): Promise<Map<string, KeptDisplay>> {
    this.check();
    return new Map(ids.flatMap((id) => (this.kept.has(id) ? [[id, this.get(id)] as const] : [])));
  }
  async all(): Promise<KeptDisplay[]> {
    this.check();
    return [...this.kept.keys()].map((id) => this.get(id));
  }
  async drop(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.kept.delete(id);
  }
  get(id: string): KeptDisplay {
    return JSON.parse(this.kept.get(id) ?? '{}') as KeptDisplay;
  }
  private check(): void {
    if (this.away) throw new Error('Redis is away');
  }
}

describe('keeping displays', () => {
  let store: MemoryStore;
  let now: number;

  beforeEach(() => {
    store = new MemoryStore();
    now = 1_783_000_000_000;
  });

  function process(name: string) {
    const displays = new Displays();
    return { displays, keeper: new DisplayKeeper(name, displays, store, () => now) };
  }

  function report(displays: Displays, connection: string, more: Partial<RenderedReport> = {}): void {
    const display = displays.get(connection) ?? displays.add(connection, '10.0.0.9', now);
    display.scene = 'overview';
    display.rendered = { scene: 'overview', seq: 1, fps: 60, errors: 0, screen: 'hall', heap: 1_048_576, ...more };
    display.renderedAt = now;
  }

  it('a screen is kept under its own name, with its trend', async () => {
    const { displays, keeper } = process('a');
    report(displays, 'c1');
    await keeper.keep();
    expect(store.get('hall')).toMatchObject({ instance: 'a', connection: 'c1', goneAt: null, trend: { heap: [1] } });
  });

  it('two screens of one name are one entry that says so; a page loaded again is not two', async () => {
    const { displays, keeper } = process('a');
    report(displays, 'old');
    now += 5_000;
    report(displays, 'new');
    await keeper.keep();
    // the old connection stands, but has said nothing since: it may be what a reload left behind
    expect(store.get('hall')).toMatchObject({ connection: 'new', namesakes: 0 });
    now += 5_000;
    report(displays, 'old');
    report(displays, 'new');
    await keeper.keep();
    expect(store.get('hall')).toMatchObject({ connection: 'new', namesakes: 1 });
    now += 20_000;
    report(displays, 'new');
    await keeper.keep();
    expect(store.get('hall')).toMatchObject({ namesakes: 0 });
  });

  it('until it says its name it is kept under that of its connection, and then no longer', async () => {
    const { displays, keeper } = process('a');
    displays.add('c1', '10.0.0.9', now);
    await keeper.keep();
    expect([...store.kept.keys()]).toEqual(['c1']);
    report(displays, 'c1');
    await keeper.keep();
    expect([...store.kept.keys()]).toEqual(['hall']);
  });

  it('one that says its name and leaves at once stands there once', async () => {
    const { displays, keeper } = process('a');
    displays.add('c1', '10.0.0.9', now);
    await keeper.keep();
    report(displays, 'c1');
    displays.remove('c1');
    await keeper.keep();
    expect([...store.kept.keys()]).toEqual(['hall']);
    expect(store.get('hall').goneAt).toBe(now);
  });

  it('a page loaded again goes on with the trend; the connection it left behind says nothing of it', async () => {
    const { displays, keeper } = process('a');
    report(displays, 'c1');
    await keeper.keep();
    now += 60_000;
    report(displays, 'c2', { heap: 2_097_152 });
    displays.remove('c1');
    await keeper.keep();
    expect(store.get('hall')).toMatchObject({ connection: 'c2', goneAt: null, trend: { heap: [1, 2] } });
  });

  it('a screen that goes over to another process is not called gone by the first', async () => {
    const [a, b] = [process('a'), process('b')];
    report(a.displays, 'c1');
    await a.keeper.keep();
    now += 1_000;
    report(b.displays, 'c2');
    await b.keeper.keep();
    a.displays.remove('c1');
    now += 1_000;
    await a.keeper.keep();
    expect(store.get('hall')).toMatchObject({ instance: 'b', connection: 'c2', goneAt: null });
  });

  it('what left is kept with its last word, and forgotten after a day', async () => {
    const { displays, keeper } = process('a');
    report(displays, 'c1', { seq: 77 });
    await keeper.keep();
    displays.remove('c1');
    await keeper.keep();
    expect(store.get('hall')).toMatchObject({ goneAt: now, rendered: { seq: 77 } });
    now += FORGET_AFTER_MS + 1;
    await keeper.keep();
    expect(store.kept.size).toBe(0);
  });

  it('the number kept is bounded, the longest gone go first', async () => {
    const { displays, keeper } = process('a');
    for (let i = 0; i < MAX_KEPT; i++) {
      report(displays, `c${i}`, { screen: `s${i}` });
      displays.remove(`c${i}`);
    }
    await keeper.keep();
    now += 60_000;
    report(displays, 'new');
    await keeper.keep();
    expect(store.kept.size).toBe(MAX_KEPT);
    expect(store.kept.has('hall')).toBe(true);
  });

  it('Redis away: nothing is lost that the next round can still tell', async () => {
    const { displays, keeper } = process('a');
    report(displays, 'c1');
    await keeper.keep();
    store.away = true;
    displays.remove('c1');
    await keeper.keep();
    store.away = false;
    expect(store.get('hall').goneAt).toBeNull();
    await keeper.keep();
    expect(store.get('hall').goneAt).toBe(now);
  });

  it('a process that ends says that its screens left it', async () => {
    const { displays, keeper } = process('a');
    report(displays, 'c1');
    await keeper.beforeApplicationShutdown();
    expect(store.get('hall').goneAt).toBe(now);
  });
});
