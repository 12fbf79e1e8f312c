import type { AlarmHappening } from '@citywall/model';
import type { AlarmsToSave, KeptAlarm, Settled } from './alarms.types.js';

/** What was found and is not kept yet: the newest of every alarm, every happening and settled command in its order. */
export class Unsaved {
  private saved = new Map<string, KeptAlarm>();
  private gone = new Set<string>();
  private happenings: AlarmHappening[] = [];
  private settled: Settled[] = [];

  get size(): number {
    return this.saved.size + this.gone.size + this.happenings.length + this.settled.length;
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

  /** Everything, taken out. */
  take(): AlarmsToSave {
    const taken = {
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

  /** Back again, below what came since. */
  giveBack(taken: AlarmsToSave): void {
    const since = this.take();
    this.add(taken);
    this.add(since);
  }
}
