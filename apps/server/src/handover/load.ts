import type { AlarmHappening } from '@citywall/model';
import { isShown } from '../alarms/alarm-list.js';
import { iso } from '../api/schemas/common.js';
import type { HandoverFacts } from './handover.types.js';

const TEN_MINUTES = 600_000;
const TOP = 10;

/** Counts what alarms asked of the shift. Feed it in order of time within each system. */
export class AlarmLoad {
  private raised = 0;
  private readonly tens = new Map<number, number>();
  private readonly rules = new Map<string, HandoverFacts['load']['top'][number]>();
  private readonly since = new Map<string, number>();
  private readonly waits: number[] = [];

  /** @param from @param to beginning and end of the shift, Unix ms; what happens at its end is the next one's */
  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  add({ kind, at, alarm }: AlarmHappening): void {
    if (at < this.from || at >= this.to) return;
    if (kind === 'acknowledged') {
      const since = this.since.get(alarm.id) ?? alarm.raisedAt;
      this.since.delete(alarm.id);
      this.waits.push(Math.max(0, at - since));
      return;
    }
    if (kind !== 'raised' || !isShown(alarm)) return;
    this.raised++;
    this.since.set(alarm.id, at);
    const ten = at - (at % TEN_MINUTES);
    this.tens.set(ten, (this.tens.get(ten) ?? 0) + 1);
    const key = `${alarm.system}/${alarm.rule}`;
    const rule = this.rules.get(key) ?? { system: alarm.system, rule: alarm.rule, text: alarm.text, count: 0 };
    rule.count++;
    // the newest text stands for the rule
    rule.text = alarm.text;
    this.rules.set(key, rule);
  }

  facts(capped: boolean): HandoverFacts['load'] {
    const tens = Math.max(1, (this.to - this.from) / TEN_MINUTES);
    const [peak] = [...this.tens].sort(([a, x], [b, y]) => y - x || a - b);
    return {
      raised: this.raised,
      perTenMinutes: Math.round((this.raised / tens) * 10) / 10,
      peak: peak === undefined ? null : { at: iso(peak[0]), count: peak[1] },
      acknowledgedWithin: this.waits.length === 0 ? null : Math.round(median(this.waits) / 1_000),
      top: [...this.rules.values()].sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1)).slice(0, TOP),
      capped,
    };
  }
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
