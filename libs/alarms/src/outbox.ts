import type { AlarmEventKind } from '@citywall/model';
import { type Alarm, type AlarmEvent, type AlarmOutcome, copyAlarm } from './alarm.js';

/** What changes no state. */
const SAID: ReadonlySet<AlarmEventKind> = new Set(['commented', 'chattering', 'quiet']);

/** What is to be kept and told, until somebody takes it. */
export class Outbox {
  private readonly touched = new Set<string>();
  private events: AlarmEvent[] = [];

  /** An alarm is to be kept (or, when it is gone, forgotten) without a word. */
  touch(id: string): void {
    this.touched.add(id);
  }

  /** Something that can be seen changed, without a word of its own: the version grows. @param at Unix ms */
  change(alarm: Alarm, at: number): void {
    alarm.version = Math.max(alarm.version + 1, at);
    this.touched.add(alarm.id);
  }

  /** @param at Unix ms @param done by whom, and what was said */
  tell(kind: AlarmEventKind, alarm: Alarm, at: number, done: Pick<AlarmEvent, 'by' | 'note'> = {}): void {
    this.change(alarm, at);
    if (!SAID.has(kind)) alarm.changedAt = at;
    this.events.push({ kind, at, ...done, alarm: copyAlarm(alarm) });
  }

  /** Told again, for whoever hears; nothing about it changed. @param at Unix ms */
  announce(alarm: Alarm, at: number): void {
    this.touched.add(alarm.id);
    this.events.push({ kind: 'reannounced', at, alarm: copyAlarm(alarm) });
  }

  get eventful(): boolean {
    return this.events.length > 0;
  }

  get changed(): boolean {
    return this.touched.size > 0;
  }

  take(alarms: { get(id: string): Alarm | undefined }): AlarmOutcome {
    const outcome: AlarmOutcome = { saved: [], gone: [], events: this.events };
    for (const id of this.touched) {
      const alarm = alarms.get(id);
      if (alarm === undefined) outcome.gone.push(id);
      else outcome.saved.push(copyAlarm(alarm));
    }
    this.touched.clear();
    this.events = [];
    return outcome;
  }
}
