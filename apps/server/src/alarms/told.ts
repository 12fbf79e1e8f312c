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
import { labelOf, openAttributes } from '../api/disclosure.js';
import { PrivateAssets } from '../frames/private-assets.js';
import { limitOfRule } from './limits.js';

/** Instead of a text that would name somebody. */
export const WITHHELD: Words = { zh: '涉及隐私', en: 'Private' };

/** Digits after the point of a value whose metric says nothing. */
const USUAL_DECIMALS = 2;

/** What somebody is shown who gave a reason: whom it is about, and where. */
export interface Disclosed {
  name: string | null;
  text: Words;
  guidance: Words | null;
  place: StandingAlarm['place'];
  /** personal fields of the occurrence that it was born of, by their names */
  fields: { name: Words; value: ReadingValue }[];
}

/**
 * Makes of a machine's alarms what is told of them: names, texts and places of the pack, personal fields masked. Of a private
 * asset, or an occurrence that names one, neither name nor place is told: it is masked here, before anything is kept, so that
 * no socket, journal, table or message holds it.
 */
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
    const hidden = this.isHidden(alarm);
    const asset = alarm.asset === null ? undefined : this.assets.get(alarm.asset);
    const seen = hidden ? this.masked(alarm, asset) : this.open(alarm, asset);
    const { rule, metric, facts, value, attributes, fields } = seen;
    const attribute = (name: string) => attributes[name] ?? plain(fields[name]);
    const town = attribute('town');
    const limit = rule && limitOfRule(rule, asset?.attributes ?? {});
    return {
      id: alarm.id,
      system: this.pack.id,
      rule: alarm.rule,
      asset: alarm.asset,
      occurrence: alarm.occurrence,
      name: seen.name,
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
      place: hidden ? null : (asset?.place ?? alarm.place),
      origin: alarm.origin,
      acknowledged: alarm.acknowledged,
      version: alarm.version,
      active: alarm.standing === 'active',
      shelved: alarm.shelved,
      outOfService: alarm.outOfService,
      comments: alarm.comments,
      worsened: alarm.worsened,
      chattering: alarm.chattering,
      hidden,
      ...(hidden ? { masked: true as const } : {}),
    };
  }

  /** Whom a masked alarm is about, for whoever may know it and said why. */
  disclose(alarm: Alarm): Disclosed {
    const asset = alarm.asset === null ? undefined : this.assets.get(alarm.asset);
    const { stage } = alarm;
    const raw = stage?.fields ?? {};
    const { rule, name, facts } = this.open(alarm, asset, raw);
    const personal = stage === null ? {} : personalFields(this.pack.pii, stage.type);
    const words = stage === null ? {} : (this.pack.occurrenceTypes[stage.type]?.fields ?? {});
    return {
      name,
      text: rule === undefined ? { zh: alarm.rule, en: alarm.rule } : fillText(rule.text, facts),
      guidance: rule?.guidance === undefined ? null : fillText(rule.guidance, facts),
      place: asset?.place ?? alarm.place,
      fields: Object.entries(raw).flatMap(([field, value]) =>
        value === null || !Object.hasOwn(personal, field)
          ? []
          : { name: words[field]?.name ?? { zh: field, en: field }, value },
      ),
    };
  }

  /** What is told of an alarm that stands or is set aside; null: it does and is neither. */
  tellStanding(alarm: Alarm): StandingAlarm | null {
    if (!isStanding(alarm) && !isAside(alarm)) return null;
    return { ...this.tell(alarm), state: stateOf(alarm) as StandingState };
  }

  /** Whether it is at a private asset, or of an occurrence that names one. */
  private isHidden({ asset: id, stage }: Alarm): boolean {
    const asset = id === null ? undefined : this.assets.get(id);
    if (asset !== undefined && isPrivate(asset)) return true;
    return stage !== null && this.hidden.isAbout({ fields: stage.fields, ...(id === null ? {} : { asset: id }) });
  }

  /** @param fields absent: personal ones masked, as they never get into a text otherwise */
  private open(alarm: Alarm, asset: Asset | undefined, fields = this.fieldsOf(alarm)) {
    const name = asset?.name ?? keyOf(alarm.asset);
    // one of the system as a whole is called as the system is
    const whole = alarm.asset === null && alarm.occurrence === null ? this.pack.name : null;
    return this.seen(alarm, name, name ?? whole, asset?.attributes ?? {}, fields);
  }

  /** The same without what names a private asset; what stays tells two of them apart. */
  private masked(alarm: Alarm, asset: Asset | undefined) {
    const label = labelOf(this.pack, alarm.asset ?? alarm.id);
    const fields = this.fieldsOf(alarm);
    for (const [field, value] of Object.entries(fields))
      if (typeof value === 'string') fields[field] = this.hidden.without(value, (id) => labelOf(this.pack, id).zh);
    return this.seen(alarm, label.zh, label, openAttributes(asset?.attributes ?? {}), fields);
  }

  private seen(
    alarm: Alarm,
    name: string | null,
    called: string | Words | null,
    attributes: Asset['attributes'],
    fields: Record<string, ReadingValue | null>,
  ) {
    const rule = this.rules.get(alarm.rule);
    const metric = rule?.metric === undefined ? undefined : this.metrics.get(rule.metric);
    const value = this.valueOf(alarm, rule);
    const { stage } = alarm;
    const type = stage === null ? undefined : this.pack.occurrenceTypes[stage.type];
    const facts: Facts = {
      ...attributes,
      ...fields,
      asset: called,
      name: called,
      id: alarm.occurrence ?? (typeof called === 'string' ? keyOf(alarm.asset) : called),
      value: shown(value, metric),
      unit: metric?.unit,
      status: stage && (type?.statuses?.[stage.status] ?? stage.status),
      level: stage?.level && (type?.levels?.[stage.level] ?? stage.level),
      type: stage && (type?.name ?? stage.type),
    };
    return { rule, metric, name, value, facts, attributes, fields };
  }

  /** A personal value or field never gets into a text. */
  private valueOf(alarm: Alarm, rule: AlarmRule | undefined): ReadingValue | null {
    const kind = rule?.metric === undefined ? undefined : this.pack.pii.readings[rule.metric];
    return alarm.value === null || kind === undefined ? alarm.value : maskField(kind, alarm.value);
  }

  private fieldsOf({ stage }: Alarm): Record<string, ReadingValue | null> {
    return stage === null ? {} : maskFields(stage.fields, personalFields(this.pack.pii, stage.type));
  }
}

/** Of an alarm that an earlier CityWall kept with the name of a private asset in it, no more than that there is one. */
export function veiled<Told extends AlarmHappening['alarm'] | StandingAlarm>(alarm: Told): Told {
  if (!alarm.hidden || alarm.masked) return alarm;
  return { ...alarm, name: null, text: WITHHELD, guidance: null, group: {}, place: null, masked: true };
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
