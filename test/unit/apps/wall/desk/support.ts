import { AlarmGroups } from '@citywall/alarms';
import type { DeskAlarm, DeskGroup, DeskNews } from '@citywall/protocol';

export const NOW = Date.parse('2026-07-09T14:40:00+08:00');

/** An alarm as a desk gets it, red and unacknowledged if nothing else is said. */
export function alarm(id: string, more: Partial<DeskAlarm> = {}): DeskAlarm {
  return {
    id,
    system: 'water',
    rule: 'high',
    asset: null,
    occurrence: null,
    name: id,
    priority: 1,
    state: 'active-unacknowledged',
    unknown: false,
    raisedAt: NOW - 30_000,
    changedAt: NOW - 30_000,
    clearedAt: null,
    value: 50,
    unit: 'cm',
    text: { zh: `${id} 积水`, en: `${id} under water` },
    guidance: null,
    group: {},
    town: null,
    suppressedBy: null,
    place: null,
    origin: 'simulated',
    acknowledged: null,
    version: 1,
    active: true,
    shelved: null,
    outOfService: null,
    comments: [],
    worsened: null,
    chattering: null,
    cause: '',
    ...more,
  };
}

/** News without anything new, of systems that are all evaluated, outside a flood. */
export function news(more: Partial<DeskNews> = {}): DeskNews {
  return {
    at: NOW,
    set: [],
    gone: [],
    groups: [],
    groupsGone: [],
    announced: [],
    flood: { since: null, raw: 0, announced: 0, due: 0, minutes: [], seats: 1 },
    unwatched: [],
    watchedSince: NOW,
    ...more,
  };
}

/** Alarms as the server groups them. */
export function grouped(alarms: Iterable<DeskAlarm>): { alarms: DeskAlarm[]; groups: Map<string, DeskGroup> } {
  const all = [...alarms];
  const known = new AlarmGroups();
  for (const one of all) known.set(one);
  const groups = [...known.all()].map(({ id, is, first }): [string, DeskGroup] => [
    id,
    {
      id,
      place: is.by === 'place' ? is.values : [],
      system: is.by === 'place' ? is.system : null,
      first,
      line: known.lineOf(id),
    },
  ]);
  return { alarms: all.map((one) => ({ ...one, cause: known.groupIdOf(one) })), groups: new Map(groups) };
}
