import {
  type Alarm,
  type AlarmAct,
  type AlarmCatalogue,
  type AlarmCommand,
  AlarmMachine,
  type AlarmReading,
  type AlarmRule,
  stateOf,
} from '@citywall/alarms';

export const MINUTE = 60_000;
/** 9 July, 14:00 in the city. */
export const START = Date.parse('2026-07-09T14:00:00+08:00');
const text = { zh: '{asset}', en: '{asset}' };

export const rule = (id: string, more: Partial<AlarmRule>): AlarmRule => ({ id, priority: 2, text, ...more });
/** Raised at or above 10, cleared below 8. */
export const level = (more: Partial<AlarmRule> = {}, id = 'high'): AlarmRule =>
  rule(id, { metric: 'river/level', when: { atLeast: 10, clearBelow: 8 }, ...more });

export const catalogue = (more: Partial<AlarmCatalogue> = {}): AlarmCatalogue => ({
  asset: (id) => ({ attributes: id.endsWith('/bare') ? {} : { warning: 421.5 }, inService: !id.endsWith('/out') }),
  staleAfter: (metric) => (metric === 'river/level' ? 15 * MINUTE : undefined),
  referring: (type, attribute, asset) =>
    type === 'pump' && attribute === 'site' && asset === 'water/river/a' ? ['water/pump/p1', 'water/pump/p2'] : [],
  upstream: () => [],
  awaited: () => new Map(),
  isSign: () => false,
  quietUntil: (_: string, at: number) => at,
  closed: (_, status) => status === 'closed',
  ...more,
});

/** A machine with the clock in minutes after the start. */
export class Bench {
  machine: AlarmMachine;
  readonly told: string[] = [];

  constructor(
    readonly rules: AlarmRule[],
    private readonly options: { pace?: number; catalogue?: AlarmCatalogue; start?: number } = {},
  ) {
    this.machine = this.make(0);
  }

  private make(minute: number): AlarmMachine {
    const { pace = 1 } = this.options;
    return new AlarmMachine('water', this.rules, this.options.catalogue ?? catalogue(), { now: this.at(minute), pace });
  }

  at(minute: number): number {
    return (this.options.start ?? START) + minute * MINUTE;
  }

  /** A value of `river/level` of the asset `a`. */
  read(minute: number, value: AlarmReading['value'], more: Partial<AlarmReading> = {}, asset = 'a'): this {
    const reading: AlarmReading = {
      asset: `water/river/${asset}`,
      metric: 'level',
      value,
      at: this.at(minute),
      quality: 'good',
      origin: 'live',
      flags: [],
      feed: 'stage',
      ...more,
    };
    this.machine.reading(reading, this.at(minute));
    return this.hear();
  }

  occur(minute: number, status: string, more: { level?: string; at?: number; id?: string } = {}): this {
    const { id = 'w1', level = 'red', at = this.at(minute) } = more;
    const fields = { headline: '暴雨' };
    this.machine.occurrence(
      { id, type: 'warning', status, level, at, origin: 'live', fields, feed: 'cap' },
      this.at(minute),
    );
    return this.hear();
  }

  pass(minute: number): this {
    this.machine.advance(this.at(minute));
    return this.hear();
  }

  acknowledge(minute: number, id = 'water/high/river/a'): string {
    return this.command(minute, { do: 'acknowledge' }, { id });
  }

  command(minute: number, act: AlarmAct, more: Partial<AlarmCommand> = {}): string {
    const answer = this.machine.command({ id: 'water/high/river/a', by: 'li', act, ...more }, this.at(minute));
    this.hear();
    return answer;
  }

  /** Killed and begun again with what was kept. */
  restart(minute: number): this {
    const kept = [...this.machine.all()].map((alarm) => JSON.parse(JSON.stringify(alarm)) as Alarm);
    this.machine = this.make(minute);
    this.machine.restore(kept);
    return this.hear();
  }

  get(id = 'water/high/river/a'): Readonly<Alarm> | undefined {
    return this.machine.get(id);
  }

  state(rule = 'high', asset = 'a'): string {
    return stateOf(this.machine.get(`water/${rule}/river/${asset}`));
  }

  unknown(rule = 'high'): boolean {
    return this.machine.get(`water/${rule}/river/a`)?.unknown ?? false;
  }

  /** `kind rule minute` of everything told since the last call. */
  events(): string[] {
    return this.told.splice(0);
  }

  private hear(): this {
    for (const { kind, at, alarm } of this.machine.take().events)
      this.told.push(`${kind} ${alarm.rule} ${(at - this.at(0)) / MINUTE}`);
    return this;
  }
}
