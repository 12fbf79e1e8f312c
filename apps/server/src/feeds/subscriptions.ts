import { createHash } from 'node:crypto';
import { overlap } from './topic-filters.js';

/** Largest subscription identifier of MQTT 5 (four bytes of variable length). */
const MOST_IDENTIFIER = 268_435_455;

/** One subscription of a connection. */
export interface Subscription {
  qos: 0 | 1;
  /** only where another filter of the connection brings some of the same messages */
  identifier?: number;
}

/**
 * The subscriptions of a connection with identifiers for those whose filters overlap. An identifier is made of the filter
 * alone: what a broker kept for us under the filters of yesterday still says which of them it came by.
 */
export function identified(filters: ReadonlyMap<string, 0 | 1>): Map<string, Subscription> {
  const names = [...filters.keys()];
  const used = new Set<number>();
  const subscriptions = new Map<string, Subscription>();
  for (const [filter, qos] of filters) {
    if (!names.some((other) => other !== filter && overlap(other, filter))) {
      subscriptions.set(filter, { qos });
      continue;
    }
    let identifier = (createHash('sha1').update(filter).digest().readUInt32BE(0) % MOST_IDENTIFIER) + 1;
    while (used.has(identifier)) identifier = (identifier % MOST_IDENTIFIER) + 1;
    used.add(identifier);
    subscriptions.set(filter, { qos, identifier });
  }
  return subscriptions;
}

/** Whether nothing has to be said to the broker. */
export const same = (a: Subscription | undefined, b: Subscription) => a?.qos === b.qos && a.identifier === b.identifier;

/** SUBSCRIBE packets for these. Filters of one packet share its identifier: those that have one go alone, the others by the hundred. */
export function subscribePackets(subscriptions: readonly [string, Subscription][], identifiers: boolean) {
  // rh 1: retained messages only for subscriptions that are new to the session.
  const map = (part: readonly [string, Subscription][]) =>
    Object.fromEntries(part.map(([filter, { qos }]) => [filter, { qos, rh: 1 as const }]));
  const alone = subscriptions.filter(([, { identifier }]) => identifiers && identifier !== undefined);
  const others = subscriptions.filter((one) => !alone.includes(one));
  const together: (typeof others)[] = [];
  for (let i = 0; i < others.length; i += 100) together.push(others.slice(i, i + 100));
  return [
    ...together.map((part) => ({ filters: map(part), identifier: undefined })),
    ...alone.map((one) => ({ filters: map([one]), identifier: { subscriptionIdentifier: one[1].identifier ?? 0 } })),
  ];
}
