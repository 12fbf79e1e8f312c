import { AlarmLoad, mostOf } from '@citywall/alarms';
import type { AlarmHappening } from '@citywall/model';
import { iso } from '../api/schemas/common.js';
import type { HandoverFacts } from './handover.types.js';

const TOP = 10;

/** What alarms asked of the shift, as a handover tells it. Feed it in order of time within each system. */
export class ShiftLoad {
  private readonly load: AlarmLoad;
  /** by `system/rule`: the newest text stands for the rule */
  private readonly texts = new Map<string, Pick<AlarmHappening['alarm'], 'system' | 'rule' | 'text'>>();

  /** @param from @param to beginning and end of the shift, Unix ms; what happens at its end is the next one's */
  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {
    this.load = new AlarmLoad(from, to);
  }

  add({ kind, at, by, alarm }: AlarmHappening): void {
    const { id, system, rule, text, priority, state, suppressedBy, raisedAt } = alarm;
    const counts = this.load.add({
      kind,
      at,
      by: by ?? null,
      id,
      system,
      rule,
      priority,
      state,
      suppressedBy,
      raisedAt,
    });
    if (counts) this.texts.set(`${system}/${rule}`, { system, rule, text });
  }

  facts(capped: boolean): HandoverFacts['load'] {
    const peak = this.load.peak();
    const wait = this.load.medianWait();
    return {
      raised: this.load.calls,
      perTenMinutes: Math.round(this.load.mean(this.from, this.to) * 10) / 10,
      peak: peak && { at: iso(peak.at), count: peak.n },
      acknowledgedWithin: wait === null ? null : Math.round(wait / 1_000),
      top: mostOf(this.load.rules, TOP).flatMap(([key, count]) => {
        const rule = this.texts.get(key);
        return rule === undefined ? [] : { ...rule, count };
      }),
      capped,
    };
  }
}
