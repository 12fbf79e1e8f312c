/** Beginning of topics of simulated messages from publishers that have no user properties (MQTT 3.1.1). */
export const SIMULATED_PREFIX = 'citywall-sim/';

/** Whether every topic that filter `b` matches is matched by filter `a` too. Shared subscriptions cover nothing. */
export function covers(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.startsWith('$share/') || b.startsWith('$share/')) return false;
  const wide = a.split('/');
  const narrow = b.split('/');
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

/** The same filter for simulated messages of MQTT 3.1.1 publishers. */
export function simulatedFilter(filter: string): string {
  const shared = /^(\$share\/[^/]+\/)(.*)$/.exec(filter);
  return shared ? `${shared[1]}${SIMULATED_PREFIX}${shared[2]}` : `${SIMULATED_PREFIX}${filter}`;
}

/**
 * The subscriptions of one connection: the filters of all feeds, each also for simulated messages, without those that
 * another one covers at the same or a higher QoS (a broker may send a message once for every filter it matches).
 */
export function subscriptionsOf(filters: Iterable<{ filter: string; qos: 0 | 1 }>): Map<string, 0 | 1> {
  const wanted = new Map<string, 0 | 1>();
  for (const { filter, qos } of filters) {
    for (const one of [filter, simulatedFilter(filter)]) {
      wanted.set(one, Math.max(qos, wanted.get(one) ?? 0) as 0 | 1);
    }
  }
  const entries = [...wanted];
  return new Map(
    entries.filter(
      ([filter, qos]) =>
        !entries.some(([other, otherQos]) => other !== filter && otherQos >= qos && covers(other, filter)),
    ),
  );
}
