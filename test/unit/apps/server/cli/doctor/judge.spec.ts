import { describe, expect, it } from '@jest/globals';
import type { BrokerFacts } from '../../../../../../apps/server/src/cli/doctor/broker.gateway.js';
import { bytes, type Finding } from '../../../../../../apps/server/src/cli/doctor/finding.js';
import { judgeBroker } from '../../../../../../apps/server/src/cli/doctor/judge-broker.js';
import { judgeRedis } from '../../../../../../apps/server/src/cli/doctor/judge-redis.js';
import { judgeMachine } from '../../../../../../apps/server/src/cli/doctor/machine.js';
import type { RedisFacts } from '../../../../../../apps/server/src/cli/doctor/redis.repository.js';

const NOW = Date.parse('2026-07-09T14:35:02+08:00');
const DAY = 86_400_000;
/** `verdict says` of what is not as it should be. */
const complaints = (findings: Finding[]) =>
  findings
    .filter(({ verdict }) => verdict !== 'ok' && verdict !== 'note')
    .map(({ verdict, says }) => `${verdict} ${says}`);

describe('judgeRedis', () => {
  const good: RedisFacts = {
    version: '7.0.15',
    settings: { appendonly: 'yes', appendfsync: 'always' },
    used: 1e8,
    maxMemory: 1e9,
    policy: 'noeviction',
    systemMemory: 8e9,
    lastWrite: 'ok',
    skew: 12,
    roundTrip: 0.3,
    refusal: null,
    format: 1,
  };
  const judged = (facts: Partial<RedisFacts>) => judgeRedis('redis://r', { ...good, ...facts }, 1);

  it('has nothing to complain of in one that promises everything, and says what that is', () => {
    expect(complaints(judged({}))).toEqual([]);
    const says = judged({}).map((finding) => finding.says);
    expect(says).toContain(
      'append-only file, synchronised at every write: nothing acknowledged is lost, not even by a power failure',
    );
    expect(says).toContain('uses 100 MB of 1.0 GB');
    expect(says).toContain('its clock and ours agree within 12 ms');
  });

  it.each<[Partial<RedisFacts>, string]>([
    [{ version: '6.2.1' }, 'fail redis://r: version 6.2.1'],
    [{ settings: { appendonly: 'yes', appendfsync: 'everysec' } }, 'warn append-only file, synchronised every second'],
    [{ settings: { appendonly: 'no', save: '3600 1' } }, 'fail no append-only file, only snapshots'],
    [{ settings: { appendonly: 'no', save: '' } }, 'fail no append-only file and no snapshots'],
    [{ settings: null }, 'warn this Redis does not tell its settings'],
    [{ policy: 'allkeys-lru' }, 'fail forgets state silently'],
    [{ policy: 'allkeys-lru', maxMemory: 0 }, 'warn would forget state silently'],
    [{ used: 9e8 }, 'warn uses 900 MB of 1.0 GB'],
    [{ lastWrite: 'err' }, 'fail its last write'],
    [{ refusal: 'OOM command not allowed' }, 'fail refuses writes: OOM'],
    [{ skew: -2_500 }, 'warn its clock is -2.5 s off ours'],
    [{ skew: 90_000 }, 'fail its clock is 90.0 s off ours'],
    [{ format: 2 }, 'fail its state has format 2'],
  ])('%j: %s', (facts, complaint) => {
    const findings = judged(facts);
    expect(complaints(findings)).toEqual([expect.stringContaining(complaint)]);
    expect(findings.find(({ verdict }) => verdict === 'warn' || verdict === 'fail')?.advice).toBeTruthy();
  });
});

describe('judgeBroker', () => {
  const good: BrokerFacts = {
    version: 5,
    connectMs: 3,
    maximumQoS: 2,
    retainAvailable: true,
    wildcardAvailable: true,
    sharedAvailable: true,
    maximumPacketSize: 1e6,
    software: 'mosquitto version 2.0.11',
    clock: null,
    certificateEnds: null,
    roundTrip: { ms: 4, qos: 1, retained: true },
    keepsSessions: true,
  };
  const judged = (facts: Partial<BrokerFacts>, broker = { url: 'mqtts://b:8883' }, shares = true) =>
    judgeBroker(
      'b',
      broker,
      { ...good, ...facts },
      { shown: broker.url, own: false, autosave: null, shares, now: NOW },
    );

  it('has nothing to complain of in a good one', () => {
    expect(complaints(judged({}))).toEqual([]);
    expect(judged({})[0]?.says).toBe('mqtts://b:8883: MQTT 5, mosquitto version 2.0.11, connected in 3 ms');
  });

  it('says what the launcher’s own loses, and by what', () => {
    const context = { shown: 'own', own: true, autosave: 30, shares: false, now: NOW };
    const says = judgeBroker('default', { url: 'mqtt://127.0.0.1:1883' }, good, context).map((finding) => finding.says);
    expect(says).toContainEqual(expect.stringContaining('on SIGTERM and every 30 s'));
  });

  it.each<[Partial<BrokerFacts>, string]>([
    [{ maximumQoS: 0 }, 'fail takes QoS 0 only'],
    [{ wildcardAvailable: false }, 'fail refuses wildcards'],
    [{ sharedAvailable: false }, 'fail refuses shared subscriptions'],
    [{ retainAvailable: false }, 'warn keeps no retained messages'],
    [{ keepsSessions: false }, 'fail forgets sessions'],
    [{ roundTrip: { ms: 4, qos: 0, retained: true } }, 'fail passes QoS 1 on as QoS 0'],
    [{ certificateEnds: NOW - DAY }, 'fail its certificate ended on 2026-07-08'],
    [{ certificateEnds: NOW + 9 * DAY }, 'warn its certificate ends on 2026-07-18, in 9 days'],
    [{ clock: NOW + 60_000 }, 'warn its clock is 60 s off ours'],
  ])('%j: %s', (facts, complaint) => {
    expect(complaints(judged(facts))).toEqual([expect.stringContaining(complaint)]);
  });

  it('does not mind what nobody needs: no shared subscriptions, an account that may not publish', () => {
    expect(
      complaints(judged({ sharedAvailable: false, roundTrip: { refused: 'Not authorized' } }, undefined, false)),
    ).toEqual([]);
  });

  it('minds passwords in clear, but not on this machine', () => {
    expect(complaints(judged({}, { url: 'mqtt://10.0.0.9' }))).toEqual([expect.stringContaining('in clear')]);
    expect(complaints(judged({}, { url: 'mqtt://127.0.0.1:1883' }))).toEqual([]);
  });
});

describe('judgeMachine', () => {
  const look = (free: number, files: number | null, memory: number) => ({
    space: async () => ({ free, total: 100e9 }),
    files: () => files,
    memory: () => ({ free: memory, total: 8e9 }),
  });

  it('minds a full disk, few open files, little memory', async () => {
    expect(complaints(await judgeMachine('/tmp', look(50e9, 65_536, 4e9)))).toEqual([]);
    expect(complaints(await judgeMachine('/tmp', look(0.5e9, 1_024, 1e8)))).toEqual([
      'warn /tmp: 500 MB free (1 %)',
      'warn 100 MB of 8.0 GB memory free',
      'warn 1024 files may be open at once',
    ]);
  });
});

it('bytes are told as people read them', () => {
  expect([bytes(900), bytes(16_777_216), bytes(2.5e9), bytes(3e11), bytes(2e12)]).toEqual([
    '1 kB',
    '16.8 MB',
    '2.5 GB',
    '300 GB',
    '2.0 TB',
  ]);
});
