import { type CompiledScene, PROTOCOL_VERSION, ProtocolError, type SnapshotFrame, stateOf } from '@citywall/protocol';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createPinia, setActivePinia } from 'pinia';
import { useDisplayStore } from '../../../../../apps/wall/src/stores/display.js';
import type { FrameListener } from '../../../../../apps/wall/src/transport/frameSource.js';

const HEAD = { v: PROTOCOL_VERSION, scene: 's', seq: 1, epoch: 'e', at: 5_000_000, mode: 'live', rate: 3 } as const;
const LAYOUT: CompiledScene = {
  id: 's',
  version: '1',
  name: { zh: '景', en: 'Scene' },
  grid: { columns: 1, rows: 1 },
  panels: [],
  views: [{ kind: 'systems' }, { kind: 'notices' }],
};
const row = (fresh: number) => stateOf([['w', { fresh }]]);
const snapshot = (layout = LAYOUT, fresh = 1): SnapshotFrame => ({
  kind: 'snapshot',
  ...HEAD,
  layout,
  views: [row(fresh), stateOf([])],
  demo: true,
  demoExternal: false,
});

beforeEach(() => {
  jest.useFakeTimers({ now: 5_000_000 });
  setActivePinia(createPinia());
});
afterEach(() => {
  jest.useRealTimers();
});

describe('display store', () => {
  it('shows a snapshot, then changes only the views of a delta', () => {
    const store = useDisplayStore();
    store.apply(snapshot());
    const [first, second] = store.views;
    const before = second!.state.value;
    store.apply({
      kind: 'delta',
      ...HEAD,
      seq: 2,
      views: [[0, { patch: [{ rows: [0], members: ['fresh'], columns: [[7]] }] }]],
    });
    expect(first!.state.value).toEqual(row(7));
    expect(second!.state.value).toBe(before);
    expect(store.head?.seq).toBe(2);
    expect(store.demo).toEqual({ demo: true, external: false });
  });

  it('counts ages on the clock of the first frame at once, not from the next second on', () => {
    // nothing is painted here
    Object.assign(globalThis, { requestAnimationFrame: () => 0 });
    const store = useDisplayStore();
    const hour = 3_600_000;
    store.start({
      start: (listener: FrameListener) => listener.frame({ ...snapshot(), at: HEAD.at - hour }),
      stop() {},
      report() {},
    });
    expect(store.now).toBe(HEAD.at - hour);
  });

  it('keeps its views (and so the mounted panels) when a snapshot of the same layout comes', () => {
    const store = useDisplayStore();
    store.apply(snapshot());
    const { layout, views } = store;
    store.apply({ ...snapshot(structuredClone(LAYOUT), 9), epoch: 'f', seq: 1 });
    expect(store.layout).toBe(layout);
    expect(store.views).toBe(views);
    expect(store.views[0]!.state.value).toEqual(row(9));
    store.apply(snapshot({ ...LAYOUT, version: '2' }));
    expect(store.layout?.version).toBe('2');
    expect(store.views).not.toBe(views);
  });

  it('leaves the picture whole when a delta does not fit', () => {
    const store = useDisplayStore();
    store.apply(snapshot());
    expect(() =>
      store.apply({
        kind: 'delta',
        ...HEAD,
        seq: 2,
        views: [
          [0, { meta: { count: 5 } }],
          [1, { gone: [4] }],
        ],
      }),
    ).toThrow(ProtocolError);
    expect(store.views[0]!.state.value).toEqual(row(1));
    expect(store.head?.seq).toBe(1);
  });

  it('never makes readings deeply reactive', () => {
    const store = useDisplayStore();
    const frame = snapshot();
    store.apply(frame);
    expect(store.views[0]!.state.value!.rows).toBe(frame.views[0]!.rows);
  });

  it('knows until when its picture is true', () => {
    const store = useDisplayStore();
    let listener: FrameListener | null = null;
    const stopped = jest.fn();
    const source = { start: (to: FrameListener) => (listener = to), stop: stopped, report: jest.fn() };
    store.start(source);
    listener!.link({ phase: 'live', since: 5_000_000 });
    jest.advanceTimersByTime(10_000);
    expect(store.heard).toBe(store.now);
    listener!.link({ phase: 'reconnecting', since: Date.now() });
    const lost = Date.now();
    jest.advanceTimersByTime(30_000);
    expect(store.heard).toBeLessThanOrEqual(lost);
    expect(store.now - store.heard).toBeGreaterThanOrEqual(29_000);
    store.stop();
    expect(stopped).toHaveBeenCalledTimes(1);
  });
});
