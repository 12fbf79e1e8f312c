import { describe, expect, it } from '@jest/globals';
import { opensAt } from '../../../../../apps/wall/src/console/handover/handover.js';

const line = (n: number, state: 'waiting' | 'signed', by = 'leaves') => ({
  n,
  state,
  made: { by, at: '', remarks: '' },
});

describe('the handovers’ page', () => {
  it('opens at the one that waits for whoever comes in, and may sign', () => {
    const lines = [line(2, 'waiting'), line(1, 'signed')];
    expect(opensAt(lines, 'takes', true)).toBe(2);
    expect(opensAt(lines, 'takes', false)).toBeNull();
  });

  it('opens at the draft for who made it, and where none waits', () => {
    expect(opensAt([line(2, 'waiting')], 'leaves', true)).toBeNull();
    expect(opensAt([line(1, 'signed')], 'takes', true)).toBeNull();
  });
});
