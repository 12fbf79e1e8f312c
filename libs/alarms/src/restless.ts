import type { Alarm } from './alarm.js';
import type { Context } from './context.js';
import type { Outbox } from './outbox.js';
import type { CompiledRule } from './rule-set.js';

const MINUTE = 60_000;
/** Raised so often in a time: it chatters (ISA-18.2: three times a minute; and ten times in ten minutes). */
const OFTEN = [
  { times: 3, within: MINUTE },
  { times: 10, within: 10 * MINUTE },
] as const;
/** Longest time in which anything is counted, and how many raisings are remembered an alarm. */
const REMEMBERED_MS = 10 * MINUTE;
const REMEMBERED = 10;
/** So long without coming or going it is quiet, ms. */
const QUIET_MS = 5 * MINUTE;
/** A critical alarm that nobody acknowledges is announced again after this, ms. */
const ANNOUNCE_EVERY_MS = 5 * MINUTE;

/**
 * What makes an alarm be told once more, or no more: it worsens, it chatters, it is critical and nobody answers. Times are
 * Unix ms.
 */
export class Restless {
  /** when alarms were raised of late, by id */
  private readonly raised = new Map<string, number[]>();
  private sweptAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly context: Context,
    private readonly outbox: Outbox,
  ) {}

  /** An alarm was raised: whether it comes and goes [AL37]. */
  countRaising(alarm: Alarm): void {
    const { clock } = this.context;
    alarm.announcedAt = clock;
    this.sweep();
    const times = [...(this.raised.get(alarm.id) ?? []), clock]
      .filter((at) => at > clock - REMEMBERED_MS)
      .slice(-REMEMBERED);
    this.raised.set(alarm.id, times);
    if (alarm.chattering !== null) return;
    if (!OFTEN.some(({ times: often, within }) => (times.at(-often) ?? Number.NEGATIVE_INFINITY) > clock - within))
      return;
    alarm.chattering = { since: times[0] ?? clock, count: times.length, last: clock };
    this.outbox.tell('chattering', alarm, clock, { note: `×${times.length}` });
  }

  /** An alarm was raised before the start: it counts on. */
  recall(id: string, at: number): void {
    if (at <= this.context.clock - REMEMBERED_MS) return;
    const times = this.raised.get(id);
    if (times === undefined) this.raised.set(id, [at]);
    else if (at > (times.at(-1) ?? 0)) times.push(at);
  }

  /** An active alarm that chatters came again, or went. */
  flip(alarm: Alarm, came: boolean): void {
    if (alarm.chattering === null) return;
    alarm.chattering.last = this.context.clock;
    if (came) alarm.chattering.count += 1;
    this.outbox.touch(alarm.id);
  }

  /** An alarm that chatters clears only when it was quiet for a while, ms. */
  clearAfter(alarm: Alarm, rule: CompiledRule): number {
    return alarm.chattering === null ? rule.clearAfter : Math.max(rule.clearAfter, QUIET_MS);
  }

  /** It comes and goes no more. */
  calm(alarm: Alarm): void {
    const { chattering } = alarm;
    if (chattering === null) return;
    this.raised.delete(alarm.id);
    alarm.chattering = null;
    this.outbox.tell('quiet', alarm, this.context.clock, { note: `×${chattering.count}` });
  }

  /** An acknowledged alarm has a newer value: whether it is worse than what was seen [AL36]. */
  compare(alarm: Alarm, rule: CompiledRule): void {
    const { worse } = rule.rule;
    if (worse === undefined || alarm.standing !== 'active' || alarm.acknowledged === null) return;
    const { value, seenValue } = alarm;
    if (typeof value !== 'number' || seenValue === null) return;
    if (Number((rule.worseSide * (value - seenValue)).toPrecision(12)) < worse) return;
    const { clock } = this.context;
    alarm.acknowledged = null;
    alarm.seenValue = null;
    alarm.announcedAt = clock;
    alarm.worsened = { from: String(seenValue), to: String(value), at: clock };
    this.outbox.tell('worsened', alarm, clock, { note: `${seenValue} → ${value}` });
  }

  dueOf(alarm: Alarm): number {
    const quiet = alarm.chattering !== null && alarm.clearing === null ? alarm.chattering.last + QUIET_MS : null;
    const again = alarm.announcedAt !== null && this.calls(alarm) ? alarm.announcedAt + ANNOUNCE_EVERY_MS : null;
    return Math.min(quiet ?? Number.POSITIVE_INFINITY, again ?? Number.POSITIVE_INFINITY);
  }

  /** Time alone. */
  look(alarm: Alarm): void {
    const { clock } = this.context;
    if (alarm.chattering !== null && alarm.clearing === null && alarm.chattering.last + QUIET_MS <= clock)
      this.calm(alarm);
    if (alarm.announcedAt === null || !this.calls(alarm) || alarm.announcedAt + ANNOUNCE_EVERY_MS > clock) return;
    alarm.announcedAt = clock;
    this.outbox.announce(alarm, clock);
  }

  /** Whether an alarm calls until somebody answers [AL38]. */
  private calls({ priority, standing, acknowledged, suppressedBy, shelved, outOfService }: Alarm): boolean {
    const shown = suppressedBy === null && shelved === null && outOfService === null;
    return priority === 1 && standing === 'active' && acknowledged === null && shown;
  }

  private sweep(): void {
    const { clock } = this.context;
    if (clock < this.sweptAt + REMEMBERED_MS) return;
    this.sweptAt = clock;
    for (const [id, times] of this.raised) if ((times.at(-1) ?? 0) <= clock - REMEMBERED_MS) this.raised.delete(id);
  }
}
