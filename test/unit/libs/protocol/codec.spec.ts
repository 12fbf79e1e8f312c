import {
  applyDelta,
  type CompiledScene,
  decodeDelta,
  decodeFrame,
  decodeState,
  diffView,
  emptyState,
  encodeDelta,
  encodeDeltaFrame,
  encodeSnapshot,
  encodeState,
  type FrameHead,
  PROTOCOL_VERSION,
  ProtocolError,
  stateOf,
  type ViewState,
} from '@citywall/protocol';
import { afterEach, describe, expect, it } from '@jest/globals';
import { pack } from 'msgpackr';
import { plain, randomSource, randomState } from './random-view.js';

const T0 = Date.UTC(2026, 6, 9, 6, 35);
const head: FrameHead = {
  v: PROTOCOL_VERSION,
  scene: 'overview',
  seq: 41,
  epoch: 'k3j9',
  at: T0,
  mode: 'live',
  rate: 812.4,
};
const layout: CompiledScene = {
  id: 'overview',
  version: 'a1',
  name: { zh: '总览', en: 'Overview' },
  grid: { columns: 24, rows: 24 },
  panels: [
    {
      id: 'p',
      type: 'number',
      at: { x: 0, y: 0, w: 4, h: 4 },
      title: { zh: '库水位', en: 'Level' },
      views: { value: 0 },
      options: { decimals: 2 },
    },
  ],
  views: [{ kind: 'latest', assets: ['water/reservoir/longtan'], metrics: ['level'] }],
};

describe('frames on the wire', () => {
  it('[PR7] a snapshot comes back as it was', () => {
    const state = stateOf([['a', { value: 462.44, at: T0 - 5, receivedAt: T0, flags: ['no-time'] }]], { fresh: 1 });
    const frame = decodeFrame(encodeSnapshot(head, { layout, demo: true, demoExternal: false }, [encodeState(state)]));
    expect(frame).toEqual({ kind: 'snapshot', ...head, layout, demo: true, demoExternal: false, views: [state] });
  });

  it('[PR7] a delta comes back as it was, from an ArrayBuffer too', () => {
    const delta = { patch: [{ rows: [3], members: ['value', 'at'], columns: [[2], [T0]] }], meta: { oldestAt: null } };
    const bytes = encodeDeltaFrame(head, [[7, encodeDelta(delta)]]);
    expect(decodeFrame(bytes)).toEqual({ kind: 'delta', ...head, views: [[7, delta]] });
    expect(decodeFrame(Uint8Array.from(bytes).buffer)).toEqual({ kind: 'delta', ...head, views: [[7, delta]] });
  });

  it('[PR8] states and deltas survive the wire, 1,000 random ones, and rebuild the snapshot', () => {
    const random = randomSource(7);
    let shown: ViewState = emptyState();
    let before: ViewState = emptyState();
    for (let step = 0; step < 1_000; step++) {
      const after = randomState(random);
      expect(plain(decodeState(encodeState(after)))).toEqual(plain(after));
      const delta = diffView(before, after);
      if (delta) shown = applyDelta(shown, decodeDelta(encodeDelta(delta)));
      expect(plain(shown)).toEqual(plain(decodeState(encodeState(after))));
      before = after;
    }
  });

  it('[PR8] 100 shown values in 20 views cost at most 24 bytes a value and frame', () => {
    const random = randomSource(1);
    const views = Array.from({ length: 20 }, (_, view): [number, Uint8Array] => {
      const rows = [0, 1, 2, 3, 4].map((i) => {
        const before = { asset: `water/pump/station-${view}-${i}`, value: 1, at: T0 - 1_000, receivedAt: T0 - 990 };
        const value = Math.round(random() * 10_000) / 100;
        return [before, { ...before, value, at: T0 - i * 13, receivedAt: T0 - i }] as const;
      });
      const before = stateOf(rows.map(([row]) => [row.asset, row] as const));
      const after = stateOf(rows.map(([, row]) => [row.asset, row] as const));
      return [view, encodeDelta(diffView(before, after) ?? {})];
    });
    expect(encodeDeltaFrame(head, views).byteLength).toBeLessThan(2_400);
  });

  it('[PR9] a measured decimal comes back as the same number in 5 bytes', () => {
    const random = randomSource(3);
    for (let i = 0; i < 5_000; i++) {
      const value =
        Math.round((random() - 0.5) * 10 ** (1 + Math.floor(random() * 9))) / 10 ** Math.floor(random() * 5);
      const { rows } = decodeState(encodeState(stateOf([['a', { value }]])));
      expect((rows.a as { value: number }).value).toBe(value === 0 ? 0 : value);
    }
  });

  describe('without code generation', () => {
    const original = globalThis.Function;
    afterEach(() => {
      globalThis.Function = original;
    });

    it('[PR9] decoding builds no functions', () => {
      const state = stateOf(
        Array.from({ length: 50 }, (_, i) => [`k${i}`, { value: i, fields: { a: 'x', b: i } }] as const),
      );
      const bytes = encodeSnapshot(head, { layout, demo: false, demoExternal: false }, [encodeState(state)]);
      let built = 0;
      globalThis.Function = new Proxy(original, {
        construct() {
          built++;
          throw new EvalError('unsafe-eval');
        },
      });
      for (let i = 0; i < 20; i++) decodeFrame(bytes);
      expect(built).toBe(0);
    });
  });

  it('[PR10] another version is said', () => {
    const bytes = encodeDeltaFrame({ ...head, v: PROTOCOL_VERSION + 1 }, []);
    expect(() => decodeFrame(bytes)).toThrow(expect.objectContaining({ reason: 'version' }));
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a text', pack('hello')],
    ['a map', pack({ kind: 'delta' })],
    ['a head without a body', pack([1, PROTOCOL_VERSION, 'a', 1, 'e', 1, 0, 0])],
    ['a mode nobody knows', pack([1, PROTOCOL_VERSION, 'a', 1, 'e', 1, 99, 0, []])],
    ['views that are no bytes', pack([1, PROTOCOL_VERSION, 'a', 1, 'e', 1, 0, 0, [[0, 'x']]])],
    ['not bytes', 'text' as unknown as Uint8Array],
  ])('[PR10] refuses %s', (_, bytes) => {
    expect(() => decodeFrame(bytes)).toThrow(expect.objectContaining({ reason: 'bytes' }));
  });

  it('[PR10] bytes changed at random throw a ProtocolError or give a frame, 3,000 times', () => {
    const random = randomSource(99);
    const state = randomState(random);
    const good = [
      encodeSnapshot(head, { layout, demo: true, demoExternal: false }, [encodeState(state)]),
      encodeDeltaFrame(head, [[0, encodeDelta(diffView(state, randomState(random)) ?? {})]]),
    ];
    let refused = 0;
    for (let i = 0; i < 3_000; i++) {
      const bytes = Uint8Array.from(good[i % 2] as Uint8Array);
      for (let n = 0; n < 1 + random() * 4; n++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      try {
        decodeFrame(bytes.subarray(0, Math.ceil(bytes.length * (random() < 0.3 ? random() : 1))));
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(300);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
