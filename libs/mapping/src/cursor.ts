import type { Flag, RejectionReason } from '@citywall/model';
import type { Failure } from './failure.js';
import type { ExplainStep, FeedResult } from './mapped.js';

/** Rejections listed of one message and feed; more are counted. */
export const LISTED_REJECTIONS = 100;

/** Before it no event time is believed: 2000-01-01. */
export const EARLIEST = 946_684_800_000;
/** So far ahead of receipt an event time is believed, ms. */
export const AHEAD = 300_000;

/** Reads from where the cursor stands; undefined: missing. */
export type Read = (cursor: Cursor) => unknown;

/** One level of fan-out: where the current element stands. */
export interface Frame {
  value: unknown;
  key: string | number | undefined;
  index: number;
  parent: Frame | null;
  /** path text of the fan-out, for rejections */
  label: string;
  /** added to the event time, ms (`each.step`) */
  shift: number;
}

export interface AssetRef {
  type: string;
  key: string;
}

/** What the topic of a message means to one feed. */
export interface Taken {
  captures: readonly (string | undefined)[];
  /** the feed's asset where it depends on captures alone, once somebody asked */
  asset: AssetRef | Failure | undefined;
}

const NOWHERE: Taken = { captures: [], asset: undefined };

/** Where the mapping stands in a message. One per set of compiled feeds, used again for every message. */
export class Cursor {
  /** counts messages */
  message = 0;
  topic = '';
  taken: Taken = NOWHERE;
  receivedAt = 0;
  retained = false;
  root: unknown = undefined;
  current: unknown = undefined;
  frame: Frame = { value: undefined, key: undefined, index: 0, parent: null, label: '', shift: 0 };
  /** changes with every element, so that named values know when they are out of date */
  stamp = 0;
  letValues: unknown[] = [];
  letStamps: number[] = [];
  /** resolved event time of the element, Unix ms */
  at = 0;
  /** why `at` is the time of receipt, if it is */
  flag: Flag | null = null;
  /** the element's time text could not be read */
  timeFailure: Failure | null = null;
  private timeSaid = -1;
  /** the element's asset, once somebody asked; null: it has none, and that was said */
  asset: AssetRef | null | undefined = undefined;
  /** fan-out elements so far */
  elements = 0;
  steps: ExplainStep[] | null = null;
  depth = 0;

  enter(frame: Frame): void {
    this.frame = frame;
    this.current = frame.value;
    this.asset = undefined;
    this.stamp++;
  }

  /** Takes a measured time (undefined: none, NaN: no such instant) by the rule of event time. */
  settle(measured: number | undefined, maxAge: number): void {
    const shift = this.frame.shift;
    if (measured === undefined) {
      this.at = this.receivedAt + shift;
      this.flag = 'no-time';
      return;
    }
    const at = measured + shift;
    const earliest = Math.max(EARLIEST, this.receivedAt - maxAge);
    if (at >= earliest && at <= this.receivedAt + AHEAD) {
      this.at = at;
      this.flag = null;
    } else {
      this.at = this.receivedAt;
      this.flag = 'clock';
    }
  }

  reject(out: FeedResult, reason: RejectionReason, detail: string, path?: string): void {
    if (this.steps) this.note(`rejected, ${reason}: ${detail}`, true);
    if (out.rejections.length >= LISTED_REJECTIONS) {
      out.unlisted++;
      return;
    }
    const where = placeOf(this.frame, path);
    out.rejections.push(where ? { reason, detail, path: where } : { reason, detail });
  }

  /** Says once an element that its time could not be read. */
  rejectTime(out: FeedResult): void {
    if (this.timeSaid === this.stamp || !this.timeFailure) return;
    this.timeSaid = this.stamp;
    this.reject(out, 'time', this.timeFailure.detail);
  }

  note(text: string, failed = false): void {
    this.steps?.push(failed ? { depth: this.depth, text, failed } : { depth: this.depth, text });
  }
}

/** `data[3].v`: a path relative to an element, as one from the root. */
export function placeOf(frame: Frame | null, path?: string): string {
  if (path?.startsWith('$')) return path.replace(/^\$\.?/, '');
  let prefix = '';
  for (let here = frame; here?.parent; here = here.parent) {
    const own = typeof here.key === 'number' ? `${here.label}[${here.key}]` : `${here.label}.${String(here.key)}`;
    prefix = own + (prefix && !prefix.startsWith('[') && !prefix.startsWith('.') ? `.${prefix}` : prefix);
  }
  const rest = path === undefined || path.startsWith('^') ? '' : path.replace(/^@\.?/, '');
  return [prefix.replace(/^\./, ''), rest].filter(Boolean).join('.').slice(0, 300);
}
