import { X509Certificate } from 'node:crypto';
import type { Broker } from '../../feeds/brokers.js';
import type { BrokerFacts } from './broker.gateway.js';
import { about, bytes, type Finding } from './finding.js';

const DAY = 86_400_000;
/** A certificate that ends sooner is worth a word, days. */
const CERTIFICATE_DAYS = 30;

export interface BrokerContext {
  /** as people may see it */
  shown: string;
  /** the launcher's own */
  own: boolean;
  /** s between saves of the launcher's own */
  autosave: number | null;
  /** some feed or the broker asks for a shared subscription */
  shares: boolean;
  /** Unix ms */
  now: number;
}

/** What a broker promises, and what to do where it promises less than it could. */
export function judgeBroker(name: string, broker: Broker, facts: BrokerFacts, context: BrokerContext): Finding[] {
  const { findings, ok, note, warn, fail } = about(`broker ${name}`);
  const protocol = facts.version === 5 ? 'MQTT 5' : 'MQTT 3.1.1';
  const software = facts.software ? `, ${facts.software}` : '';
  ok(`${context.shown}: ${protocol}${software}, connected in ${Math.round(facts.connectMs)} ms`);
  if (facts.version === 4 && broker.version === undefined)
    note('speaks MQTT 3.1.1 only: what is simulated must be marked by the topic prefix citywall-sim/');
  if (/^(mqtt|ws):/.test(broker.url) && !isLoopback(broker.url))
    warn('passwords and data go over the network in clear', 'use mqtts:// (or wss://) and ca: in brokers.yaml');

  judgeAbilities(facts, context.shares, { ok, warn, fail });
  if (facts.keepsSessions) ok('keeps sessions: what is published while the server is away waits for it');
  else
    fail(
      'forgets sessions: what is published while the server is away is lost',
      'allow persistent sessions for this account (EMQX: a session expiry above 0 also for 3.1.1)',
    );
  if (context.own)
    ok(
      `writes sessions and queues to disk on SIGTERM and every ${context.autosave ?? 30} s: stopped in order it loses nothing; by SIGKILL or power failure it loses what it had acknowledged since and not yet passed on`,
    );
  else
    note(
      'whether what it acknowledged survives its own death is its operator’s promise',
      'mosquitto: persistence true; EMQX: durable sessions; see docs/operations.md',
    );

  const { certificateEnds } = facts;
  if (certificateEnds !== null) judgeEnd('its certificate', certificateEnds, context.now, { ok, warn, fail });
  if (broker.cert !== undefined) {
    const ends = Date.parse(new X509Certificate(broker.cert).validTo);
    judgeEnd('our client certificate', ends, context.now, { ok, warn, fail });
  }
  if (facts.clock !== null && Math.abs(facts.clock - context.now) > 5_000)
    warn(`its clock is ${Math.round((facts.clock - context.now) / 1000)} s off ours`, 'set both by NTP');
  return findings;
}

type Say = Record<'ok' | 'warn' | 'fail', (says: string, advice?: string) => void>;

function judgeAbilities(facts: BrokerFacts, shares: boolean, { ok, warn, fail }: Say): void {
  const { roundTrip, maximumQoS, maximumPacketSize } = facts;
  if (maximumQoS === 0) fail('takes QoS 0 only: nothing is acknowledged, nothing is promised', 'allow QoS 1');
  if (facts.wildcardAvailable === false)
    fail('refuses wildcards: feeds cannot subscribe', 'allow wildcard subscriptions');
  if (shares && facts.sharedAvailable === false)
    fail('refuses shared subscriptions, and `share` asks for them', 'allow them, or leave share out');
  if (facts.retainAvailable === false)
    warn('keeps no retained messages: after a start, values are known when they next come', 'allow retained messages');
  const size = maximumPacketSize === null ? 'no limit of size said' : `messages up to ${bytes(maximumPacketSize)}`;
  if (roundTrip === null) ok(`${size}; publishing was not tried`);
  else if ('refused' in roundTrip)
    ok(`${size}; this account may not publish (${roundTrip.refused}), and only the simulator needs to`);
  else {
    ok(`a QoS 1 message there and back in ${Math.max(1, Math.round(roundTrip.ms))} ms; ${size}`);
    if (roundTrip.qos < 1)
      fail('passes QoS 1 on as QoS 0: messages may be lost on the way', 'grant QoS 1 to this account');
    if (!roundTrip.retained && facts.retainAvailable !== false)
      warn('did not give a retained message back as retained', 'allow retained messages');
  }
}

function judgeEnd(what: string, ends: number, now: number, { ok, warn, fail }: Say): void {
  const days = Math.floor((ends - now) / DAY);
  const date = new Date(ends).toISOString().slice(0, 10);
  if (days < 0) fail(`${what} ended on ${date}`, 'renew it');
  else if (days < CERTIFICATE_DAYS)
    warn(`${what} ends on ${date}, in ${days} days`, 'renew it; a new file is read by itself');
  else ok(`${what} is good until ${date}`);
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
