import { z } from 'zod';

/** Version of the file's layout; a newer one is refused. */
export const BACKUP_FORMAT = 1;

/** Names within the file. */
export const HEAD_FILE = 'backup.json';
export const MANIFEST_FILE = 'manifest.json';
export const SNAPSHOT_FILE = 'redis/snapshot.rdb';
export const ARCHIVE_FOLDER = 'archive/';
export const PACKS_FOLDER = 'packs/';

export const BACKUP_REASONS = [
  'no-redis',
  'no-snapshot',
  'no-program',
  'exists',
  'no-space',
  'not-a-backup',
  'newer',
  'damaged',
  'running',
  'not-empty',
  'not-placed',
  'broken-chain',
  'differs',
] as const;
export type BackupReason = (typeof BACKUP_REASONS)[number];

/** Why there is no backup, or why one is not restored: what is so, and what to do. */
export class BackupError extends Error {
  constructor(
    readonly reason: BackupReason,
    message: string,
  ) {
    super(message);
    this.name = 'BackupError';
  }
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

/** First entry of the file: enough to refuse it early. */
export const headSchema = z.object({
  backup: z.int().positive(),
  /** of the CityWall that made it */
  version: z.string(),
  /** ISO 8601; the moment it shows is the one in which Redis began its snapshot, seconds after this one */
  at: z.string(),
  /** `cw:format`; null: there was no state yet */
  stateFormat: z.int().nullable(),
  redisVersion: z.string(),
});
export type BackupHead = z.infer<typeof headSchema>;

/** What a state holds, by which the restored one is compared with the one that was saved. */
export const factsSchema = z.object({
  stateFormat: z.int().nullable(),
  accounts: count,
  /** standing alarms: those that are not normal or are set aside */
  alarms: z.object({
    total: count,
    systems: z.record(z.string(), count),
    /** SHA-256 over all of them as they are kept, sorted */
    digest: sha256,
  }),
  /** the newest entry, and its seal */
  audit: z.object({ last: count, seal: sha256 }),
});
export type StateFacts = z.infer<typeof factsSchema>;

/** What was found sound in a backup. */
export interface Proof {
  facts: StateFacts;
  audit: { first: number; last: number };
  archive: { journals: number; lines: number };
  /** log-ins that are not brought back */
  sessions: number;
}

/** Last entry of the file. */
export const manifestSchema = z.object({
  files: z.array(z.object({ name: z.string(), size: count, sha256 })),
  /** null: no redis-server was at hand that could read the snapshot */
  facts: factsSchema.nullable(),
});
export type BackupManifest = z.infer<typeof manifestSchema>;
