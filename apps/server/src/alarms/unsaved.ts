import { randomUUID } from 'node:crypto';
import type { AlarmHappening } from '@citywall/model';
import type { AlarmsToSave, KeptAlarm, Settled } from './alarms.types.js';

/** What is saved at once; the same id whenever it is tried. */
export type Saving = AlarmsToSave & { id: string };

/** What was found and is not kept yet: the newest of every alarm, every happening and settled command in its order. */
export class Unsaved {
  /** under way: whether it was kept is not known */
  private saving: Saving | null = null;
  private saved = new Map<string, KeptAlarm>();
  private gone = new Set<string>();
  private happenings: AlarmHappening[] = [];
  private settled: Settled[] = [];

  get isEmpty(): boolean {
    const count = this.saved.size + this.gone.size + this.happenings.length + this.settled.length;
    return this.saving === null && count === 0;
  }

  add({ saved, gone, happenings, settled }: AlarmsToSave): void {
    for (const kept of saved) {
      this.gone.delete(kept.alarm.id);
      this.saved.set(kept.alarm.id, kept);
    }
    for (const id of gone) {
      this.saved.delete(id);
      this.gone.add(id);
    }
    for (const happening of happenings) this.happenings.push(happening);
    for (const one of settled) this.settled.push(one);
  }

  /** What is to be saved next: what was tried and is not settled, exactly as it was, else everything; null: there is nothing. */
  next(): Saving | null {
    if (this.isEmpty) return null;
    this.saving ??= this.take();
    return this.saving;
  }

  /** The saving under way was kept, or will never be. */
  settle(): void {
    this.saving = null;
  }

  private take(): Saving {
    const taken = {
      id: randomUUID(),
      saved: [...this.saved.values()],
      gone: [...this.gone],
      happenings: this.happenings,
      settled: this.settled,
    };
    this.saved = new Map();
    this.gone = new Set();
    this.happenings = [];
    this.settled = [];
    return taken;
  }
}
