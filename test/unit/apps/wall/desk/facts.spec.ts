import { describe, expect, it } from '@jest/globals';
import { factsAfter } from '../../../../../apps/wall/src/desk/useAlarmFacts.js';

const newest = { at: 1, receivedAt: 2, quality: 'good', word: null };
const nothing = { newest: null, trend: null, limits: [], history: null };
const heard = {
  newest,
  trend: [{ at: 1, value: 2 }],
  limits: [{ rule: 'r', metric: 'm', priority: 1 as const, side: 'above' as const, value: 3 }],
  history: [{ kind: 'raised', at: 1, by: null, note: null, priority: 1 as const }],
};
const silence = { newest: undefined, trend: undefined, limits: undefined, history: undefined };

describe('what is known of the selected alarm', () => {
  it('is what was answered last', () => {
    expect(factsAfter(nothing, heard)).toEqual(heard);
    expect(factsAfter(heard, { ...silence, newest: null })).toEqual({ ...heard, newest: null });
  });

  it('stays where nobody answers', () => {
    expect(factsAfter(heard, silence)).toEqual(heard);
    expect(factsAfter(nothing, silence)).toEqual(nothing);
  });
});
