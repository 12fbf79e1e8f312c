import type { Words } from './asset.js';

export const SYSTEM_STATES = ['live', 'partial', 'silent', 'waiting'] as const;
/** live: everything expected is fresh · partial: some · silent: nothing any more · waiting: nothing ever came */
export type SystemState = (typeof SYSTEM_STATES)[number];

/** One connected system, as `GET /api/v1/systems` lists it (public contract). */
export interface SystemStatus {
  id: string;
  name: Words;
  state: SystemState;
  /** expected assets with at least one fresh metric / expected assets */
  coverage: { fresh: number; total: number };
  feeds: { live: number; total: number };
  /** standing ones that no cause explains; null: no process keeps them yet */
  alarms: { p1: number; p2: number; p3: number; p4: number; unacknowledged: number } | null;
}
