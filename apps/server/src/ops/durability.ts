/** What a Redis' settings promise for what was acknowledged (design §6): said by `/readyz` and `doctor`. */
export type Durability = 'always' | 'everysec' | 'os' | 'snapshots' | 'none' | 'unknown';

export interface DurabilityPromise {
  durability: Durability;
  /** one sentence */
  detail: string;
}

const SENTENCES: Record<Durability, string> = {
  always: 'append-only file, synchronised at every write: nothing acknowledged is lost, not even by a power failure',
  everysec:
    'append-only file, synchronised every second: a power failure loses up to a second of what was acknowledged',
  os: 'append-only file, synchronised by the operating system: a power failure loses up to half a minute of what was acknowledged',
  snapshots: 'no append-only file, only snapshots: a restart of Redis loses everything since the last one',
  none: 'no append-only file and no snapshots: a restart of Redis loses everything',
  unknown: 'this Redis does not tell its settings (CONFIG is not allowed)',
};

/** @param settings of `CONFIG GET`, null where it is not allowed */
export function durabilityOf(settings: Record<string, string> | null): DurabilityPromise {
  const durability = judge(settings);
  return { durability, detail: SENTENCES[durability] };
}

function judge(settings: Record<string, string> | null): Durability {
  if (settings?.appendonly === undefined) return 'unknown';
  if (settings.appendonly === 'yes') {
    if (settings.appendfsync === 'always') return 'always';
    return settings.appendfsync === 'no' ? 'os' : 'everysec';
  }
  return settings.save ? 'snapshots' : 'none';
}
