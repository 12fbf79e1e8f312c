/** Beginning of topics of simulated messages from publishers that have no user properties (MQTT 3.1.1). */
export const SIMULATED_PREFIX = 'citywall-sim/';

/** `$share/group/` and the filter behind it; the first is empty where the subscription is not shared. */
function parts(filter: string): [share: string, filter: string] {
  const shared = /^(\$share\/[^/]+\/)(.*)$/.exec(filter);
  return shared ? [shared[1] ?? '', shared[2] ?? ''] : ['', filter];
}

/**
 * Whether every message that comes by filter `b` comes by filter `a` too. A shared subscription brings a part of the
 * messages only, the same part for the same group.
 */
export function covers(a: string, b: string): boolean {
  if (a === b) return true;
  const [groupA, filterA] = parts(a);
  const [groupB, filterB] = parts(b);
  if (groupA !== groupB) return false;
  const wide = filterA.split('/');
  const narrow = filterB.split('/');
  // Wildcards at the beginning leave out what begins with $ (MQTT 4.7.2).
  if ((wide[0] === '#' || wide[0] === '+') && narrow[0]?.startsWith('$')) return false;
  for (let i = 0; i < wide.length; i++) {
    if (wide[i] === '#') return true;
    // `a/#` covers `a` too, so a narrow filter may end where the wide one has its #.
    if (i >= narrow.length) return false;
    if (narrow[i] === '#') return false;
    if (wide[i] !== '+' && wide[i] !== narrow[i]) return false;
  }
  return wide.length === narrow.length;
}

/** Whether some message comes by both filters. */
export function overlap(a: string, b: string): boolean {
  const one = parts(a)[1].split('/');
  const other = parts(b)[1].split('/');
  const wild = (level: string | undefined) => level === '#' || level === '+';
  // Wildcards at the beginning leave out what begins with $ (MQTT 4.7.2).
  if (wild(one[0]) && other[0]?.startsWith('$')) return false;
  if (wild(other[0]) && one[0]?.startsWith('$')) return false;
  for (let i = 0; ; i++) {
    // `a/#` takes `a` too.
    if (one[i] === '#' || other[i] === '#') return true;
    if (one[i] === undefined || other[i] === undefined) return one[i] === other[i];
    if (one[i] !== other[i] && one[i] !== '+' && other[i] !== '+') return false;
  }
}

/** The same filter for simulated messages of MQTT 3.1.1 publishers. */
export function simulatedFilter(filter: string): string {
  const [share, own] = parts(filter);
  return `${share}${SIMULATED_PREFIX}${own}`;
}

/**
 * The filter for a group of ingest processes. Connections of high priority have a group of their own: in one group with
 * the others, each would get messages whose feeds only the other one reads.
 */
export function sharedFilter(filter: string, group: string | undefined, priority: 'normal' | 'high'): string {
  if (group === undefined || filter.startsWith('$share/')) return filter;
  return `$share/${group}${priority === 'high' ? '-high' : ''}/${filter}`;
}

/**
 * The subscriptions of one connection: the filters of all feeds, each also for simulated messages, without those that
 * another one covers (a broker may send a message once for every filter it matches). Filters that overlap have one QoS, the
 * highest: of the copies of a message any may be the one that is taken.
 */
export function subscriptionsOf(filters: Iterable<{ filter: string; qos: 0 | 1 }>): Map<string, 0 | 1> {
  const wanted = new Map<string, 0 | 1>();
  for (const { filter, qos } of filters) {
    for (const one of [filter, simulatedFilter(filter)]) {
      wanted.set(one, Math.max(qos, wanted.get(one) ?? 0) as 0 | 1);
    }
  }
  const all = [...wanted.keys()];
  for (const [filter, qos] of wanted) if (qos === 1) raise(filter, all, wanted);
  return new Map([...wanted].filter(([filter]) => !all.some((other) => other !== filter && covers(other, filter))));
}

/** Gives QoS 1 to everything that overlaps with a filter of QoS 1, and to what overlaps with that. */
function raise(filter: string, all: readonly string[], wanted: Map<string, 0 | 1>): void {
  for (const other of all) {
    if (wanted.get(other) === 1 || !overlap(other, filter)) continue;
    wanted.set(other, 1);
    raise(other, all, wanted);
  }
}
