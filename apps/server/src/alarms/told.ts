import { maskField, maskFields } from '@citywall/aggregate';
import { type Alarm, type Facts, fillText, isAside, isStanding, stateOf } from '@citywall/alarms';
import {
  type AlarmHappening,
  type Asset,
  isPrivate,
  type Metric,
  type ReadingValue,
  type StandingAlarm,
  type StandingState,
  type Words,
} from '@citywall/model';
import { type AlarmRule, type Pack, personalFields } from '@citywall/pack-schema';
import { PrivateAssets } from '../frames/private-assets.js';
import { limitOfRule } from './limits.js';

/** Digits after the point of a value whose metric says nothing. */
const USUAL_DECIMALS = 2;

/** Makes of a machine's alarms what is told of them: names, texts and places of the pack, personal fields masked. */
export class Teller {
  private readonly rules: ReadonlyMap<string, AlarmRule>;
  private readonly assets: ReadonlyMap<string, Asset>;
  private readonly metrics: ReadonlyMap<string, Metric>;
  private readonly hidden: PrivateAssets;

  constructor(private readonly pack: Pack) {
    this.rules = new Map(pack.alarms.map((rule) => [rule.id, rule]));
    this.assets = new Map(pack.assets.map((asset) => [asset.id, asset]));
    this.metrics = new Map(pack.metrics.map((metric) => [`${metric.type}/${metric.name}`, metric]));
    this.hidden = new PrivateAssets([pack]);
  }

  /** An alarm in whatever state, as of an event. */
  tell(alarm: Alarm): AlarmHappening['alarm'] {
    const rule = this.rules.get(alarm.rule);
    const asset = alarm.asset === null ? undefined : this.assets.get(alarm.asset);
    const metric = rule?.metric === undefined ? undefined : this.metrics.get(rule.metric);
    const fields = this.fieldsOf(alarm);
    const value = this.valueOf(alarm, rule);
    const facts = this.facts(alarm, asset, metric, value, fields);
    const attribute = (name: string) => asset?.attributes[name] ?? plain(fields[name]);
    const town = attribute('town');
    const limit = rule && limitOfRule(rule, asset?.attributes ?? {});
    return {
      id: alarm.id,
      system: this.pack.id,
      rule: alarm.rule,
      asset: alarm.asset,
      occurrence: alarm.occurrence,
      name: asset?.name ?? keyOf(alarm.asset),
      priority: alarm.priority,
      state: stateOf(alarm),
      unknown: alarm.unknown,
      raisedAt: alarm.raisedAt ?? alarm.changedAt,
      changedAt: alarm.changedAt,
      clearedAt: alarm.clearedAt,
      value,
      unit: metric?.unit ?? null,
      ...(rule?.metric === undefined ? {} : { metric: rule.metric.slice(rule.metric.indexOf('/') + 1) }),
      ...(limit ? { limit } : {}),
      text: rule === undefined ? { zh: alarm.rule, en: alarm.rule } : fillText(rule.text, facts),
      guidance: rule?.guidance === undefined ? null : fillText(rule.guidance, facts),
      group: Object.fromEntries((rule?.group ?? []).map((name) => [name, attribute(name) ?? null])),
      town: town === undefined || town === null ? null : String(town),
      suppressedBy: alarm.cause,
      place: asset?.place ?? alarm.place,
      origin: alarm.origin,
      acknowledged: alarm.acknowledged,
      version: alarm.version,
      active: alarm.standing === 'active',
      shelved: alarm.shelved,
      outOfService: alarm.outOfService,
      comments: alarm.comments,
      worsened: alarm.worsened,
      chattering: alarm.chattering,
      hidden:
        (asset !== undefined && isPrivate(asset)) ||
        (alarm.stage !== null &&
          this.hidden.isAbout({ fields: alarm.stage.fields, ...(alarm.asset === null ? {} : { asset: alarm.asset }) })),
    };
  }

  /** What is told of an alarm that stands or is set aside; null: it does and is neither. */
  tellStanding(alarm: Alarm): StandingAlarm | null {
    if (!isStanding(alarm) && !isAside(alarm)) return null;
    return { ...this.tell(alarm), state: stateOf(alarm) as StandingState };
  }

  /** A personal value or field never gets into a text. */
  private valueOf(alarm: Alarm, rule: AlarmRule | undefined): ReadingValue | null {
    const kind = rule?.metric === undefined ? undefined : this.pack.pii.readings[rule.metric];
    return alarm.value === null || kind === undefined ? alarm.value : maskField(kind, alarm.value);
  }

  private fieldsOf({ stage }: Alarm): Record<string, ReadingValue | null> {
    return stage === null ? {} : maskFields(stage.fields, personalFields(this.pack.pii, stage.type));
  }

  private facts(
    alarm: Alarm,
    asset: Asset | undefined,
    metric: Metric | undefined,
    value: ReadingValue | null,
    fields: Record<string, ReadingValue | null>,
  ): Facts {
    const { stage } = alarm;
    const type = stage === null ? undefined : this.pack.occurrenceTypes[stage.type];
    const name = asset?.name ?? keyOf(alarm.asset);
    return {
      ...asset?.attributes,
      ...fields,
      asset: name,
      name,
      id: alarm.occurrence ?? keyOf(alarm.asset),
      value: shown(value, metric),
      unit: metric?.unit,
      status: stage && (type?.statuses?.[stage.status] ?? stage.status),
      level: stage?.level && (type?.levels?.[stage.level] ?? stage.level),
      type: stage && (type?.name ?? stage.type),
    };
  }
}

/** A value as its metric is shown: a state in its words, a number with its decimals. */
function shown(value: ReadingValue | null, metric: Metric | undefined): string | Words | null {
  if (value === null) return null;
  if (typeof value === 'number') {
    return metric?.decimals === undefined
      ? String(Number(value.toFixed(USUAL_DECIMALS)))
      : value.toFixed(metric.decimals);
  }
  const states = metric?.states ?? {};
  return (Object.hasOwn(states, String(value)) ? states[String(value)] : undefined) ?? String(value);
}

/** `water/river/a` → `a` */
function keyOf(asset: string | null): string | null {
  return asset === null ? null : asset.split('/').slice(2).join('/');
}

function plain(value: ReadingValue | null | undefined): string | number | boolean | null | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
