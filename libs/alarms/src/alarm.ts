import type {
  AlarmComment,
  AlarmEventKind,
  AlarmPriority,
  AlarmState,
  Chattering,
  Flag,
  Occurrence,
  Origin,
  OutOfService,
  Quality,
  ReadingValue,
  Shelved,
  Worsened,
} from '@citywall/model';
import type { Delay } from './delay.js';

/** What a rule looks at: one asset, or one occurrence; the system as a whole where both are null. */
export interface AlarmSubject {
  /** asset id; of an occurrence-born alarm the asset the occurrence concerns, if any */
  asset: string | null;
  /** id of the occurrence; null for an alarm of a metric or of the system */
  occurrence: string | null;
}

/** How far an outage reaches. Plain data, kept with its alarm. */
export interface OutageExtent {
  /** silence from then on belongs to it, Unix ms */
  from: number;
  /** assets that were silent before */
  before: number;
  /** most assets that were silent with it at any time */
  peak: number;
}

/** One rule at one subject that is not normal. Plain data: it is kept and restored as it is. Times are Unix ms. */
export interface Alarm extends AlarmSubject {
  /** `system/rule/type/key`, `system/rule/occurrence:id`, or `system/rule/system` */
  id: string;
  rule: string;
  priority: AlarmPriority;
  /** none: was not raised (pending), or is over and done */
  standing: 'none' | 'active' | 'cleared';
  acknowledged: { by: string; at: number } | null;
  /** its input is silent, stale or bad: nobody knows whether it still holds */
  unknown: boolean;
  /** the condition holds, the alarm is not (or no longer) active */
  raising: Delay | null;
  /** the condition is over, the alarm is still active */
  clearing: Delay | null;
  raisedAt: number | null;
  clearedAt: number | null;
  /** last change of state */
  changedAt: number;
  /** measured time of the newest input */
  at: number;
  value: ReadingValue | null;
  origin: Origin;
  /** feed of the newest input */
  feed: string;
  /** rule whose active alarm, at the same subject or upstream of it, explains this one */
  suppressedBy: string | null;
  /** id of that alarm */
  cause: string | null;
  /** occurrence-born: its last stage */
  stage: { type: string; status: string; level: string | null; fields: Occurrence['fields'] } | null;
  place: { lon: number; lat: number } | null;
  /** of several conditions together: until when they are known, if nothing else is heard, Unix ms; null: as its metric says */
  knownUntil: number | null;
  /** of an outage: how far it reaches; null: it is none */
  extent: OutageExtent | null;
  /** grows with every change but that of the value alone, also over its lives [AL27] */
  version: number;
  /** set aside until then; the alarm lives on unseen */
  shelved: Shelved | null;
  /** not judged */
  outOfService: OutOfService | null;
  /** the newest `KEPT_COMMENTS`, oldest first */
  comments: AlarmComment[];
  /** value that was acknowledged, where the rule says what is worse; null: none */
  seenValue: number | null;
  worsened: Worsened | null;
  chattering: Chattering | null;
  /** when it was last announced, Unix ms */
  announcedAt: number | null;
}

/** What an alarm has that was kept by an engine that knew nothing of it. */
const UNSAID = {
  cause: null,
  extent: null,
  knownUntil: null,
  version: 0,
  shelved: null,
  outOfService: null,
  comments: [],
  seenValue: null,
  worsened: null,
  chattering: null,
  announcedAt: null,
} satisfies Partial<Alarm>;

/** An alarm as it was kept, also by an earlier engine. */
export function keptAlarm(kept: Omit<Alarm, keyof typeof UNSAID> & Partial<Alarm>): Alarm {
  return copyAlarm({ ...UNSAID, ...kept });
}

/** What an alarm takes over from what was judged. */
export type AlarmInput = Pick<Alarm, 'at' | 'value' | 'origin' | 'feed' | 'stage' | 'place'> &
  Partial<Pick<Alarm, 'knownUntil' | 'extent'>>;

/** Stands in an id for the system as a whole. */
const WHOLE = 'system';

/** Id of the alarm of a rule of a system at an asset, or (no asset) at an occurrence, or (neither) of the system. */
export function alarmId(system: string, rule: string, { asset, occurrence }: AlarmSubject): string {
  if (asset === null && occurrence === null) return `${system}/${rule}/${WHOLE}`;
  return `${system}/${rule}/${occurrence === null ? (asset ?? '').slice(system.length + 1) : `occurrence:${occurrence}`}`;
}

/** Asset type of an asset's id. */
export function typeOfAsset(system: string, asset: string): string {
  return asset.slice(system.length + 1, asset.indexOf('/', system.length + 1));
}

/** Rule and subject of an id; null: it is none of this system. Of an occurrence-born one the asset is not known. */
export function subjectOf(system: string, id: string): (AlarmSubject & { rule: string }) | null {
  const [of, rule, ...rest] = id.split('/');
  if (of !== system || !rule || rest.length === 0) return null;
  const text = rest.join('/');
  if (text === WHOLE) return { rule, asset: null, occurrence: null };
  return text.startsWith('occurrence:')
    ? { rule, asset: null, occurrence: text.slice('occurrence:'.length) }
    : { rule, asset: `${system}/${text}`, occurrence: null };
}

/** The same, sharing nothing that changes. */
export function copyAlarm(alarm: Alarm): Alarm {
  return {
    ...alarm,
    raising: alarm.raising && { ...alarm.raising },
    clearing: alarm.clearing && { ...alarm.clearing },
    comments: [...alarm.comments],
    chattering: alarm.chattering && { ...alarm.chattering },
  };
}

type Lived = Pick<Alarm, 'standing' | 'acknowledged' | 'raising'> & Partial<Pick<Alarm, 'shelved' | 'outOfService'>>;

export function stateOf(alarm: Lived | undefined): AlarmState {
  if (alarm === undefined) return 'normal';
  if (alarm.outOfService) return 'out-of-service';
  if (alarm.shelved) return 'shelved';
  if (alarm.standing === 'cleared') return 'cleared-unacknowledged';
  if (alarm.standing === 'none') return alarm.raising === null ? 'normal' : 'pending';
  return alarm.acknowledged === null ? 'active-unacknowledged' : 'active-acknowledged';
}

/** Raised and not yet done with: what an operator sees. */
export function isStanding(alarm: Pick<Alarm, 'standing'>): boolean {
  return alarm.standing !== 'none';
}

/** Shelved or out of service: nobody is told of it, and it is kept though it may be normal. */
export function isAside(alarm: Pick<Alarm, 'shelved' | 'outOfService'>): boolean {
  return alarm.shelved !== null || alarm.outOfService !== null;
}

/** Something that happened to an alarm, with the alarm as it was then. */
export interface AlarmEvent {
  kind: AlarmEventKind;
  /** Unix ms */
  at: number;
  /** the person who did it; absent: it came by itself */
  by?: string;
  /** what the person said: the reason, the comment */
  note?: string;
  alarm: Alarm;
}

/** A newest value of a series. */
export interface AlarmReading {
  /** `system/type/key` */
  asset: string;
  metric: string;
  value: ReadingValue;
  /** measured, Unix ms */
  at: number;
  quality: Quality;
  origin: Origin;
  flags: readonly Flag[];
  feed: string;
}

/** A newest stage of an occurrence. */
export interface AlarmOccurrence extends Pick<Occurrence, 'id' | 'type' | 'status' | 'at' | 'origin' | 'fields'> {
  asset?: string;
  level?: string;
  place?: { lon: number; lat: number };
  feed: string;
}

/** What came of the inputs since the last time: to be kept, forgotten and told. */
export interface AlarmOutcome {
  /** alarms as they are now, copies */
  saved: Alarm[];
  /** ids that are normal again */
  gone: string[];
  /** in the order they happened */
  events: AlarmEvent[];
}
