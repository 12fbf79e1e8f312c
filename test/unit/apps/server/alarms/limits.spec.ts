import { describe, expect, it } from '@jest/globals';
import { limitOfRule } from '../../../../../apps/server/src/alarms/limits.js';

const rule = (when: object) =>
  ({ id: 'r', metric: 'river/level', when, priority: 2, text: { zh: '', en: '' } }) as never;

describe('the limit that a rule sets for an asset', () => {
  it('is a number, or an attribute with what is added', () => {
    expect(limitOfRule(rule({ atLeast: 3, clearBelow: 2 }), {})).toEqual({ side: 'above', value: 3 });
    expect(limitOfRule(rule({ below: { attribute: 'low', plus: 0.1 } }), { low: 421.4 })).toEqual({
      side: 'below',
      value: 421.5,
    });
  });
  it('is none without the attribute, and none where no size is asked for', () => {
    expect(limitOfRule(rule({ atLeast: { attribute: 'low' } }), {})).toBeNull();
    expect(limitOfRule(rule({ is: 'open' }), {})).toBeNull();
  });
});
