import { describe, expect, it } from '@jest/globals';
import { audienceOf, type Role } from '../../../../../apps/server/src/auth/session.js';

describe('for whom a screen is', () => {
  it.each<[Role[] | undefined, string]>([
    [undefined, 'staff'],
    [['administrator'], 'staff'],
    [['operator'], 'staff'],
    [['dispatcher'], 'staff'],
    [['display'], 'staff'],
    [['guide', 'operator'], 'staff'],
    [['guide'], 'visitors'],
    [[], 'visitors'],
    [['somebody' as Role], 'visitors'],
  ])('of %j: %s', (roles, audience) => {
    expect(audienceOf(roles && { roles })).toBe(audience);
  });
});
