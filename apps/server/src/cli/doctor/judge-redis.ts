import { durabilityOf } from '../../ops/durability.js';
import { about, bytes, type Finding } from './finding.js';
import type { RedisFacts } from './redis.repository.js';

export const LEAST_REDIS = 7;
const SKEW_MS = { warn: 1_000, fail: 60_000 };
/** Less of the memory it may use is worth a word. */
const FREE_SHARE = 0.15;

/** What a Redis promises, and what to do where it promises less than it could. */
export function judgeRedis(shown: string, facts: RedisFacts, stateFormat: number): Finding[] {
  const { findings, ok, warn, fail } = about('redis');
  const { version, settings, policy, refusal, skew } = facts;
  if (Number.parseInt(version, 10) < LEAST_REDIS)
    fail(`${shown}: version ${version}`, `CityWall needs Redis ${LEAST_REDIS} or newer`);
  else ok(`${shown}: version ${version}, answers in ${Math.max(0.1, facts.roundTrip).toFixed(1)} ms`);
  if (refusal !== null)
    fail(`refuses writes: ${refusal}`, 'nothing is acknowledged until it takes them: free memory or disk');

  const { durability, detail } = durabilityOf(settings);
  const better = 'appendonly yes and appendfsync always promise everything';
  if (durability === 'always') ok(detail);
  else if (durability === 'everysec' || durability === 'os' || durability === 'unknown') warn(detail, better);
  else fail(detail, better);
  if (facts.lastWrite !== null && facts.lastWrite !== 'ok')
    fail(`its last write to the append-only file: ${facts.lastWrite}`, 'look at its disk and its log');

  if (policy === 'noeviction')
    ok('forgets nothing for lack of memory (noeviction): it refuses instead, and screens say so');
  else if (facts.maxMemory > 0)
    fail(`forgets state silently when memory is short (${policy})`, 'CONFIG SET maxmemory-policy noeviction');
  else warn(`would forget state silently if maxmemory were set (${policy})`, 'CONFIG SET maxmemory-policy noeviction');
  judgeMemory(facts, { ok, warn });

  const off = `its clock is ${(skew / 1000).toFixed(1)} s off ours`;
  if (Math.abs(skew) > SKEW_MS.fail) fail(off, 'set both clocks by NTP');
  else if (Math.abs(skew) > SKEW_MS.warn) warn(off, 'set both clocks by NTP');
  else ok(`its clock and ours agree within ${Math.max(1, Math.ceil(Math.abs(skew)))} ms`);
  if (facts.format !== null && facts.format > stateFormat)
    fail(`its state has format ${facts.format}, this CityWall understands ${stateFormat}`, 'start the newer CityWall');
  else if (facts.format !== null)
    ok(
      facts.format === stateFormat
        ? `its state has format ${stateFormat}, as this CityWall writes it`
        : `its state has format ${facts.format}; this CityWall makes it ${stateFormat} at its start (docs/operations.md)`,
    );
  return findings;
}

function judgeMemory(
  { used, maxMemory, systemMemory }: RedisFacts,
  { ok, warn }: Record<'ok' | 'warn', (says: string, advice?: string) => void>,
): void {
  const most = maxMemory > 0 ? maxMemory : systemMemory;
  const says = `uses ${bytes(used)} of ${bytes(most)}${maxMemory > 0 ? '' : ' of its machine, no maxmemory'}`;
  if (most > 0 && used > most * (1 - FREE_SHARE)) warn(says, 'give it more memory before it refuses writes');
  else ok(says);
}
