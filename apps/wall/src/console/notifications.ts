import type { Words } from '@citywall/model';

/** As `GET /api/v1/notifications…` answers. */
export interface NotifyState {
  file: 'in-use' | 'absent' | 'refused';
  problems: string[];
  sending: boolean;
  zone: string | null;
  routes: RouteItem[];
}
export interface RouteItem {
  id: string;
  to: string[];
  events: string[];
  priorities: (1 | 2 | 3 | 4)[] | null;
  systems: string[] | null;
  notices: string[] | null;
  days: string[] | null;
  hours: string | null;
}
export interface TargetItem {
  name: string;
  format: 'json' | 'wecom' | 'dingtalk';
  at: string;
  waiting: number;
  dead: number;
  delivered: number;
  deliveredAt: string | null;
  failingSince: string | null;
  reason?: string;
  detail?: string;
}
interface ToldItem {
  target: string;
  event: string;
  subject: string;
  text: Words | null;
  priority: 1 | 2 | 3 | 4 | null;
  at: string;
  attempts: number;
}
export interface DeliveryItem extends ToldItem {
  deliveredAt: string;
}
export interface DeadItem extends ToldItem {
  id: string;
  queuedAt: string;
  diedAt: string;
  reason: string | null;
  detail: string;
}
export interface TestOutcome {
  outcome: 'delivered' | 'failed' | 'refused';
  reason?: string;
  detail?: string;
}

/** How a target does, as a word and a sign. `quiet`: it was never sent anything. */
export function stateOf({ failingSince, dead, deliveredAt }: TargetItem): 'failing' | 'lost' | 'well' | 'quiet' {
  if (failingSince !== null) return 'failing';
  if (dead > 0) return 'lost';
  return deliveredAt === null ? 'quiet' : 'well';
}
