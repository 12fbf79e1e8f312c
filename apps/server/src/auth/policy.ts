import type { Role, Session } from './session.js';

/** Who asks: a role, or `local`, somebody on this machine in demo mode who has not logged in. */
export type Party = Role | 'local';

/**
 * - `open`: for everybody, without a log-in
 * - `read`: changes nothing
 * - `command`: always with a session, one that came by cookie only from our own page; every one is written into the audit
 */
export type ActionKind = 'open' | 'read' | 'command';

export interface Permission {
  kind: ActionKind;
  /** parties that may; `open`: none are asked for */
  who: readonly Party[];
  /** an operator or dispatcher needs the grant `lead` 值班长 as well */
  lead?: true;
}

const EVERYBODY = ['local', 'display', 'guide', 'operator', 'dispatcher', 'administrator'] as const;
const STAFF = ['local', 'display', 'operator', 'dispatcher', 'administrator'] as const;
const DESK = ['local', 'operator', 'dispatcher', 'administrator'] as const;
const SEATS = ['operator', 'dispatcher', 'administrator'] as const;

/**
 * The one table of who may do what (design §14), for HTTP routes (`@May`) and socket events. What is not in it nobody may do: a
 * route without an action is refused to everybody.
 */
export const POLICY = {
  /** log in */
  'session.open': { kind: 'open', who: [] },
  /** who am I */
  'session.read': { kind: 'read', who: EVERYBODY },
  /** tell that somebody is at the desk; not in the audit, it comes every minute */
  'session.active': { kind: 'read', who: EVERYBODY },
  /** log out, change the own password or second factor, end the own sessions */
  'session.change': { kind: 'command', who: ['display', 'guide', ...SEATS] },
  /** liveness and readiness, for supervisors and load balancers */
  'service.health': { kind: 'open', who: [] },
  /** Prometheus: this machine, or anybody's session that is staff's */
  'service.metrics': { kind: 'open', who: [] },
  /** systems, assets, series, scenes, layers, pictures; without what is private for a guide */
  'city.read': { kind: 'read', who: EVERYBODY },
  /** a scene's frames over the socket; without what is private for a guide */
  'display.watch': { kind: 'read', who: EVERYBODY },
  /** where a number comes from, scorecards, alarms, notices, packs: what a wall shows to its staff */
  'wall.read': { kind: 'read', who: STAFF },
  /** journals of readings and occurrences, displays, feeds, quarantine, simulator */
  'desk.read': { kind: 'read', who: DESK },
  /** personal values as they came, elsewhere masked */
  'personal.read': { kind: 'read', who: SEATS, lead: true },
  /** trials, re-runs and changes of mappings */
  'inspector.command': { kind: 'command', who: ['administrator'] },
  /** accounts: who may log in, what they may */
  'accounts.read': { kind: 'read', who: ['administrator'] },
  'accounts.manage': { kind: 'command', who: ['administrator'] },
  /** who did what: search, export, verification */
  'audit.read': { kind: 'read', who: ['administrator'] },
  /** the simulated city of a demonstration */
  'simulator.command': { kind: 'command', who: SEATS },
  /** show a code and ask whether it was entered: a display that may not watch yet */
  'displays.announce': { kind: 'open', who: [] },
  /** let a display in by the code it shows; put it out again */
  'displays.pair': { kind: 'command', who: SEATS },
  'displays.revoke': { kind: 'command', who: SEATS },
  /** live list of alarms over the socket */
  'alarms.follow': { kind: 'read', who: DESK },
  /** acknowledge and unacknowledge, comment */
  'alarms.handle': { kind: 'command', who: SEATS },
  /** set an alarm aside for a time, and bring it back */
  'alarms.shelve': { kind: 'command', who: SEATS },
  /** the same of a critical one */
  'alarms.shelve-critical': { kind: 'command', who: SEATS, lead: true },
  /** take an alarm out of service (a second person signs) and put it back */
  'alarms.disable': { kind: 'command', who: SEATS },
  /** be that second person */
  'alarms.countersign': { kind: 'command', who: SEATS, lead: true },
  /** be told the name and place behind a masked alarm, for a reason that is given */
  'alarms.disclose': { kind: 'command', who: SEATS, lead: true },
  /** send dead letters again, or drop them; try a target of notifications */
  'notifications.command': { kind: 'command', who: SEATS, lead: true },
  /** hand a shift over, take that back, write notes of it */
  'handover.write': { kind: 'command', who: SEATS },
  /** the second signature, by who takes over */
  'handover.sign': { kind: 'command', who: SEATS, lead: true },
} as const satisfies Record<string, Permission>;

export type Action = keyof typeof POLICY;
export const ACTIONS = Object.keys(POLICY) as [Action, ...Action[]];

/**
 * Whether somebody may do something.
 * @param session absent: somebody on this machine in demo mode
 */
export function permits(action: Action, session: Pick<Session, 'roles' | 'grants'> | undefined): boolean {
  const { kind, who, lead }: Permission = POLICY[action];
  if (kind === 'open') return true;
  if (session === undefined) return who.includes('local');
  const roles = session.roles.filter((role) => who.includes(role));
  if (roles.length === 0) return false;
  return lead === undefined || roles.includes('administrator') || session.grants.includes('lead');
}
