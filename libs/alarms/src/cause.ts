import { type Alarm, alarmId, typeOfAsset } from './alarm.js';
import type { Context } from './context.js';
import { type CompiledRule, SYSTEM } from './rule-set.js';

const NOTHING: ReadonlySet<Alarm> = new Set();

/**
 * Which alarm explains which [AL21] [AL50]–[AL52]: one of a rule's `suppressedBy` at the same subject, or at an asset upstream of
 * it. Alarms at one subject are found by their ids; only what may have its cause elsewhere is held by where that would be, so
 * that a cause costs by those below it that stand.
 */
export class Causes {
  /** alarms that a cause at this asset (of the system: at `SYSTEM`) may explain, though they are elsewhere or of another kind */
  private readonly below = new Map<string, Set<Alarm>>();
  /** alarms of occurrences that may explain those of metrics, by `rule asset` */
  private readonly told = new Map<string, Set<Alarm>>();

  /** @param alarms those that are not normal, by id */
  constructor(
    private readonly context: Context,
    private readonly alarms: ReadonlyMap<string, Alarm>,
  ) {}

  add(alarm: Alarm): void {
    const rule = this.context.rules.byId.get(alarm.rule);
    if (rule === undefined) return;
    for (const asset of this.reach(alarm, rule)) put(this.below, asset, alarm);
    if (tells(alarm, rule)) put(this.told, `${alarm.rule} ${alarm.asset}`, alarm);
  }

  remove(alarm: Alarm): void {
    const rule = this.context.rules.byId.get(alarm.rule);
    if (rule === undefined) return;
    for (const asset of this.reach(alarm, rule)) take(this.below, asset, alarm);
    if (tells(alarm, rule)) take(this.told, `${alarm.rule} ${alarm.asset}`, alarm);
  }

  /** Other rules, or another catalogue. */
  rebuild(): void {
    this.below.clear();
    this.told.clear();
    for (const alarm of this.alarms.values()) this.add(alarm);
  }

  /** The active alarm that explains this one: by the order of its rule's causes, the nearest first; null: none. */
  of(alarm: Alarm): Alarm | null {
    const rule = this.context.rules.byId.get(alarm.rule);
    if (rule === undefined || rule.causes.length === 0) return null;
    for (const cause of rule.causes) {
      const found =
        cause.type === SYSTEM
          ? this.outage(alarm, rule, cause)
          : (this.atSubject(alarm, rule, cause) ?? this.upstream(alarm, rule, cause));
      if (found !== null) return found;
    }
    return null;
  }

  /** Alarms that one of `cause` may explain, wherever they are. */
  *explainedBy(cause: Alarm): Generator<Alarm> {
    const { rules } = this.context;
    yield* this.explainedAtSubject(cause);
    const rule = rules.byId.get(cause.rule);
    const where = rule?.type === SYSTEM ? SYSTEM : cause.asset;
    if (where === null) return;
    const consequences = rule?.consequences;
    for (const alarm of this.below.get(where) ?? NOTHING) if (consequences?.has(alarm.rule)) yield alarm;
  }

  /** Of them those at the same asset, or of the same occurrence. */
  *explainedAtSubject(cause: Alarm): Generator<Alarm> {
    const { system, rules } = this.context;
    const rule = rules.byId.get(cause.rule);
    for (const id of rule?.consequences ?? []) {
      const alarm = this.alarms.get(alarmId(system, id, cause));
      if (alarm !== undefined && alarm !== cause && rules.byId.get(id)?.type === rule?.type) yield alarm;
    }
  }

  /** An outage explains the silence that came with it; what else names it among its causes, always. */
  private outage(alarm: Alarm, rule: CompiledRule, cause: CompiledRule): Alarm | null {
    if (cause === rule) return null;
    const { system, catalogue } = this.context;
    const found = this.alarms.get(alarmId(system, cause.rule.id, { asset: null, occurrence: null }));
    if (found?.standing !== 'active') return null;
    const stale = alarm.asset === null ? undefined : catalogue.awaited().get(alarm.asset);
    if (rule.absent === null || stale === undefined || found.extent === null) return found;
    return alarm.at + stale >= found.extent.from ? found : null;
  }

  private atSubject(alarm: Alarm, rule: CompiledRule, cause: CompiledRule): Alarm | null {
    if (cause.type !== rule.type || cause === rule) return null;
    const found = this.alarms.get(alarmId(this.context.system, cause.rule.id, alarm));
    return found?.standing === 'active' ? found : null;
  }

  private upstream(alarm: Alarm, rule: CompiledRule, cause: CompiledRule): Alarm | null {
    // two occurrences have nothing to do with each other, though they may be at one asset
    if (alarm.asset === null || (cause.type === null && rule.type === null)) return null;
    const { system, catalogue } = this.context;
    if (cause.type !== rule.type) {
      const here = this.at(cause, alarm.asset);
      if (here !== null) return here;
    }
    for (const asset of catalogue.upstream(alarm.asset)) {
      if (cause.type !== null && cause.type !== typeOfAsset(system, asset)) continue;
      const found = this.at(cause, asset);
      if (found !== null) return found;
    }
    return null;
  }

  /** An active alarm of a rule at an asset. */
  private at(cause: CompiledRule, asset: string): Alarm | null {
    if (cause.type !== null) {
      const found = this.alarms.get(alarmId(this.context.system, cause.rule.id, { asset, occurrence: null }));
      return found?.standing === 'active' ? found : null;
    }
    for (const alarm of this.told.get(`${cause.rule.id} ${asset}`) ?? NOTHING)
      if (alarm.standing === 'active') return alarm;
    return null;
  }

  /** Assets at which a cause of the alarm may be, beside its own subject. */
  private *reach(alarm: Alarm, rule: CompiledRule): Generator<string> {
    const { causeTypes, type } = rule;
    if (causeTypes.has(SYSTEM)) yield SYSTEM;
    if (alarm.asset === null || causeTypes.size === 0) return;
    const { system, catalogue } = this.context;
    // an occurrence's cause may be what its asset measures, and the other way round
    if (type === null ? [...causeTypes].some((one) => one !== null && one !== SYSTEM) : causeTypes.has(null))
      yield alarm.asset;
    for (const asset of catalogue.upstream(alarm.asset))
      if ((type !== null && causeTypes.has(null)) || causeTypes.has(typeOfAsset(system, asset))) yield asset;
  }
}

/** Whether what it says of its asset may explain what is measured there or below. */
function tells({ asset }: Alarm, { type, consequences }: CompiledRule): boolean {
  return type === null && asset !== null && consequences.size > 0;
}

function put(lists: Map<string, Set<Alarm>>, key: string, alarm: Alarm): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, new Set([alarm]));
  else list.add(alarm);
}

function take(lists: Map<string, Set<Alarm>>, key: string, alarm: Alarm): void {
  const list = lists.get(key);
  list?.delete(alarm);
  if (list?.size === 0) lists.delete(key);
}
