import type { Words } from '@citywall/model';
import { admit, isOver, isRed, type Minute, minuteAt, summaryOf } from './flood.js';
import type { Happened } from './notifications.repository.js';
import type { DeadLetter, Delivery } from './notifications.types.js';
import { MAX_WAITING, RED_RESERVE } from './outbox.js';
import { targetsOf } from './routes.js';
import type { Notifications } from './target.types.js';
import { keyOf, type Told, toldOf } from './told.js';

/** What one look brings: which messages, and what is held back for a summary. */
export class Plan {
  readonly minutes: Map<string, Minute>;
  readonly resent: string[] = [];
  /** changes of what is open; null: it is over */
  readonly opened = new Map<string, string[] | null>();
  private readonly deliveries: Delivery[] = [];

  constructor(
    minutes: ReadonlyMap<string, Minute>,
    private readonly open: ReadonlyMap<string, string[]>,
    private readonly notifications: Notifications,
    private readonly now: number,
    public n: number,
  ) {
    this.minutes = new Map(minutes);
  }

  /** Summaries of the minutes that are over. */
  endMinutes(): void {
    for (const [target, minute] of this.minutes) {
      const summary = summaryOf(minute, this.now);
      if (summary === null) continue;
      this.queue(target, summary, keyOf(target, 'summary', minute.from));
      // it is one of the messages of its minute: else a long flood brings more than go out
      this.minutes.set(target, { ...minuteAt(this.now), sent: 1 });
    }
  }

  happening({ system, entry, happening }: Happened, systemName: Words): void {
    const told = toldOf(happening, systemName);
    if (told !== null) this.tell(told, [system, entry]);
  }

  /** @param happening what makes it this one happening, whenever it is looked at */
  tell(told: Told, happening: (string | number)[]): void {
    const { event, subject, alarm } = told;
    const before = this.opened.get(subject) ?? (this.opened.has(subject) ? [] : (this.open.get(subject) ?? []));
    const routed = targetsOf(told, this.notifications, before).filter(
      (target) => !told.quiet || before.includes(target),
    );
    if (alarm !== undefined && event === 'cleared' && before.length > 0) this.opened.set(subject, null);
    if (
      alarm !== undefined &&
      (event === 'raised' || event === 'worsened') &&
      routed.some((target) => !before.includes(target))
    )
      this.opened.set(subject, [...new Set([...before, ...routed])]);
    for (const target of routed) {
      // that messages do not arrive would be one more that does not arrive
      if (told.notice?.reason === 'notify-failing' && told.notice.subject === target) continue;
      const last = this.minutes.get(target);
      const minute = last === undefined || isOver(last, this.now) ? minuteAt(this.now) : last;
      const limit = this.notifications.targets.get(target)?.perMinute ?? 1;
      const { minute: after, passes } = admit(minute, told, limit);
      this.minutes.set(target, after);
      if (passes) this.queue(target, told, keyOf(target, ...happening));
    }
  }

  again(key: string, { target, told }: DeadLetter): void {
    this.resent.push(key);
    this.queue(target, told, key);
  }

  /** Those that find room, and those that do not. @param sizeOf messages that wait for a target already */
  bounded(sizeOf: (target: string) => number): [queued: Delivery[], refused: Delivery[]] {
    const sizes = new Map<string, number>();
    const queued: Delivery[] = [];
    const refused: Delivery[] = [];
    for (const delivery of this.deliveries) {
      const size = sizes.get(delivery.target) ?? sizeOf(delivery.target);
      const fits = size < (isRed(delivery.told) ? MAX_WAITING + RED_RESERVE : MAX_WAITING);
      if (fits) sizes.set(delivery.target, size + 1);
      (fits ? queued : refused).push(delivery);
    }
    return [queued, refused];
  }

  private queue(target: string, told: Told, key: string): void {
    this.n += 1;
    const { n, now } = this;
    this.deliveries.push({ key, target, n, told, queuedAt: now, attempts: 0, dueAt: now });
  }
}
