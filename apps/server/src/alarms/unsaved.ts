import { randomUUID } from 'node:crypto';
import type { AlarmHappening } from '@citywall/model';
import type { AlarmsToSave, KeptAlarm, Settled } from './alarms.types.js';

/** What is saved at once; the same id whenever it is tried. */
export type Saving = AlarmsToSave & { id: string };

/** What is not kept yet of one alarm. */
interface Pending {
  /** as it is now; null: it is gone; undefined: nothing of it but what happened */
  saved: KeptAlarm | null | undefined;
  happenings: { n: number; happening: AlarmHappening }[];
}

/**
 * What was found and is not kept yet: the newest of every alarm, every happening and settled command in its order. It is saved
 * some alarms at a time, each with all that happened to it, so that no saving is larger than Redis and this process bear, and
 * a crash between two of them leaves no alarm without its happenings.
 */
export class Unsaved {
  /** under way: whether it was kept is not known */
  private saving: Saving | null = null;
  private readonly pending = new Map<string, Pending>();
  /** what goes first: critical alarms, and those of commands that somebody waits for */
  private readonly urgent = new Set<string>();
  private settled: Settled[] = [];
  private n = 0;

  get isEmpty(): boolean {
    return this.saving === null && this.size === 0;
  }

  /** Alarms and commands that wait, without those of the saving under way. */
  get size(): number {
    return this.pending.size + this.settled.length;
  }

  /** Whether what is to be saved next must not wait. */
  get hurries(): boolean {
    return this.saving !== null || this.urgent.size > 0 || this.settled.length > 0;
  }

  add({ saved, gone, happenings, settled }: AlarmsToSave): void {
    const hurry = settled.length > 0;
    for (const kept of saved) {
      this.of(kept.alarm.id).saved = kept;
      if (hurry || kept.alarm.priority === 1) this.urgent.add(kept.alarm.id);
    }
    for (const id of gone) {
      this.of(id).saved = null;
      if (hurry) this.urgent.add(id);
    }
    for (const happening of happenings) this.of(happening.alarm.id).happenings.push({ n: this.n++, happening });
    for (const one of settled) this.settled.push(one);
  }

  /**
   * What is to be saved next: what was tried and is not settled, exactly as it was, else so many alarms at most; null: there
   * is nothing. What is urgent comes first, and what is settled with the last of it: nobody is told that something is done
   * before it is kept.
   */
  next(most = Number.POSITIVE_INFINITY): Saving | null {
    if (this.isEmpty) return null;
    this.saving ??= this.take(most);
    return this.saving;
  }

  /** The saving under way was kept, or will never be. */
  settle(): void {
    this.saving = null;
  }

  private take(most: number): Saving {
    const taken: Saving = { id: randomUUID(), saved: [], gone: [], happenings: [], settled: [] };
    const happened: Pending['happenings'] = [];
    let count = 0;
    for (const ids of [this.urgent, this.pending.keys()]) {
      for (const id of ids) {
        if (count >= most) break;
        const one = this.pending.get(id);
        this.urgent.delete(id);
        if (one === undefined) continue;
        count++;
        this.pending.delete(id);
        if (one.saved === null) taken.gone.push(id);
        else if (one.saved !== undefined) taken.saved.push(one.saved);
        for (const each of one.happenings) happened.push(each);
      }
    }
    happened.sort((a, b) => a.n - b.n);
    for (const { happening } of happened) taken.happenings.push(happening);
    if (this.urgent.size === 0) taken.settled = this.settled.splice(0);
    return taken;
  }

  private of(id: string): Pending {
    let one = this.pending.get(id);
    if (one === undefined) {
      one = { saved: undefined, happenings: [] };
      this.pending.set(id, one);
    }
    return one;
  }
}
