import { describe, expect, it } from '@jest/globals';
import { ACTIONS, type Permission, POLICY, permits } from '../../../../../apps/server/src/auth/policy.js';
import { type Grant, ROLES, type Role } from '../../../../../apps/server/src/auth/session.js';

const session = (roles: Role[], grants: Grant[] = []) => ({ roles, grants });

describe('the policy', () => {
  it.each(ACTIONS)('%s: commands are never for somebody without a session', (action) => {
    const { kind, who }: Permission = POLICY[action];
    if (kind === 'command') expect(who).not.toContain('local');
    expect(permits(action, undefined)).toBe(kind === 'open' || who.includes('local'));
  });

  it('a guide and a display give no command but for their own session, and see nothing personal', () => {
    for (const role of ['guide', 'display'] as const) {
      const commands = ACTIONS.filter(
        (action) => POLICY[action].kind === 'command' && permits(action, session([role])),
      );
      expect(commands).toEqual(['session.change']);
      expect(permits('personal.read', session([role], ['lead']))).toBe(false);
    }
  });

  it('personal values are for an administrator, and for an operator or dispatcher only with the grant', () => {
    expect(permits('personal.read', session(['administrator']))).toBe(true);
    for (const role of ['operator', 'dispatcher'] as const) {
      expect(permits('personal.read', session([role]))).toBe(false);
      expect(permits('personal.read', session([role], ['lead']))).toBe(true);
    }
    expect(permits('personal.read', undefined)).toBe(false);
  });

  it('who has several roles may what any of them may; who has none may nothing', () => {
    expect(permits('alarms.handle', session(['guide', 'operator']))).toBe(true);
    const closed = ACTIONS.filter((action) => POLICY[action].kind !== 'open');
    expect(closed.filter((action) => permits(action, session([])))).toEqual([]);
    // every action is somebody's
    const everybody = session([...ROLES], ['lead']);
    expect(closed.filter((action) => !permits(action, everybody))).toEqual([]);
  });
});
