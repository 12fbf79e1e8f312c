import type { Audience } from '@citywall/protocol';

/** Roles of people and displays (design §14). */
export const ROLES = ['display', 'guide', 'operator', 'dispatcher', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** What an operator or dispatcher may be given beside the role: `lead` is 值班长, the lead of a shift. */
export const GRANTS = ['lead'] as const;
export type Grant = (typeof GRANTS)[number];

/** Roles that see what is private. Somebody with none of them is shown what visitors are. */
const STAFF: readonly Role[] = ['display', 'operator', 'dispatcher', 'administrator'];

/** For whom a session's screen is; without one it is somebody on this machine in demo mode. */
export function audienceOf(session: Pick<Session, 'roles'> | undefined): Audience {
  return session === undefined || session.roles.some((role) => STAFF.includes(role)) ? 'staff' : 'visitors';
}

const PAIRED = 'display/';

/** `user` of a paired display's session. */
export const userOfDisplay = (id: string): string => `${PAIRED}${id}`;

/** Id of the paired display whose session it is; null: it is somebody else's. Account names hold no slash. */
export function pairedDisplayOf(session: Pick<Session, 'user'> | undefined): string | null {
  return session?.user.startsWith(PAIRED) ? session.user.slice(PAIRED.length) : null;
}

/** Roles of people who sit at a desk: nobody else can sit down in their place once they left it. */
const SEATED: readonly Role[] = ['operator', 'dispatcher', 'administrator'];

/** Whether a session is that of a person at a desk, which ends for the desk when they do nothing for a while. */
export function isSeated({ roles }: Pick<Session, 'roles'>): boolean {
  return roles.some((role) => SEATED.includes(role));
}

/**
 * What a session is looked at for. `act`: its person does something · `watch`: a screen shows it · `poll`: a page asks by
 * itself, which says nothing of whether anybody is there.
 */
export type SessionUse = 'act' | 'watch' | 'poll';

/** A log-in that holds. The token itself is known to the client only; state keeps its hash. */
export interface Session {
  user: string;
  roles: Role[];
  grants: Grant[];
  /** somebody else chose the password: nothing may be done before it is changed */
  mustChange?: boolean;
  /** Unix ms; null: it does not end by itself (a paired display) */
  expiresAt: number | null;
  /** of a person at a desk: when they will have done nothing for too long, Unix ms */
  idleAt?: number;
  /** that is so: what it was opened for may go on being watched, nothing else */
  idle?: true;
}
