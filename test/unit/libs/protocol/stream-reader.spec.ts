import { RESYNC_AGAIN_MS, StreamReader } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';

const frame = (
  kind: 'snapshot' | 'delta',
  seq: number,
  more: { epoch?: string; at?: number; scene?: string } = {},
) => ({
  kind,
  scene: 'overview',
  seq,
  epoch: 'e1',
  at: 1_000,
  ...more,
});

function following(seq = 5): StreamReader {
  const reader = new StreamReader('overview');
  expect(reader.accept(frame('snapshot', seq))).toBe('apply');
  return reader;
}

describe('StreamReader', () => {
  it('[PR11] applies deltas in sequence', () => {
    const reader = following(5);
    expect(reader.accept(frame('delta', 6))).toBe('apply');
    expect(reader.accept(frame('delta', 7))).toBe('apply');
    expect(reader.have).toEqual({ epoch: 'e1', seq: 7 });
  });

  it('[PR12] ignores a delta that came twice', () => {
    const reader = following(5);
    expect(reader.accept(frame('delta', 5))).toBe('ignore');
    expect(reader.accept(frame('delta', 6))).toBe('apply');
    expect(reader.accept(frame('delta', 6))).toBe('ignore');
  });

  it('[PR13] a gap asks once, then waits for the snapshot', () => {
    const reader = following(5);
    expect(reader.accept(frame('delta', 7))).toBe('resync');
    expect(reader.have).toBeUndefined();
    expect(reader.accept(frame('delta', 8))).toBe('ignore');
    expect(reader.accept(frame('snapshot', 9))).toBe('apply');
    expect(reader.accept(frame('delta', 10))).toBe('apply');
  });

  it('[PR13] asks again when the snapshot does not come', () => {
    const reader = following(5);
    expect(reader.accept(frame('delta', 7, { at: 1_000 }))).toBe('resync');
    expect(reader.accept(frame('delta', 8, { at: 1_000 + RESYNC_AGAIN_MS - 1 }))).toBe('ignore');
    expect(reader.accept(frame('delta', 9, { at: 1_000 + RESYNC_AGAIN_MS }))).toBe('resync');
    expect(reader.accept(frame('delta', 10, { at: 1_000 + RESYNC_AGAIN_MS + 1 }))).toBe('ignore');
  });

  it('[PR13] a server clock set back does not silence the question for ever', () => {
    const reader = following(5);
    expect(reader.accept(frame('delta', 7, { at: 900_000 }))).toBe('resync');
    expect(reader.accept(frame('delta', 8, { at: 1_000 }))).toBe('resync');
  });

  it('[PR13] a delta of another epoch, or before any snapshot, asks', () => {
    expect(following(5).accept(frame('delta', 6, { epoch: 'e2' }))).toBe('resync');
    expect(new StreamReader('overview').accept(frame('delta', 6))).toBe('resync');
  });

  it('[PR14] takes any snapshot but an older one of the same epoch', () => {
    const reader = following(5);
    expect(reader.accept(frame('snapshot', 4))).toBe('ignore');
    expect(reader.accept(frame('snapshot', 5))).toBe('apply');
    expect(reader.accept(frame('snapshot', 1, { epoch: 'e2' }))).toBe('apply');
    expect(reader.accept(frame('delta', 2, { epoch: 'e2' }))).toBe('apply');
  });

  it('[PR15] ignores frames of another scene and starts another with nothing', () => {
    const reader = following(5);
    expect(reader.accept(frame('delta', 6, { scene: 'water' }))).toBe('ignore');
    reader.reset('water');
    expect(reader.have).toBeUndefined();
    expect(reader.accept(frame('snapshot', 1, { scene: 'water' }))).toBe('apply');
  });

  it('[PR16] tells what it holds for a join', () => {
    expect(new StreamReader('overview').have).toBeUndefined();
    expect(following(5).have).toEqual({ epoch: 'e1', seq: 5 });
  });
});
