import { type AlarmAct, type AlarmCatalogue, AlarmMachine, isStanding, stateOf } from '@citywall/alarms';
import { MAX_SHELVED } from '@citywall/model';
import { type AlarmPack, alarmCatalogue } from './alarm-catalogue.js';
import type { TimelineEvent, TimelineExpectation, TimelineSpec } from './files/timelines.js';
import type { PackTimeline } from './pack.js';

const HOUR = 3_600_000;

type Reading = NonNullable<TimelineEvent['reading']>;

/**
 * Runs a timeline against the pack's rules: one line a difference, with the place of what was expected; empty where all
 * is as expected.
 */
export function runTimeline(pack: AlarmPack, spec: PackTimeline): string[] {
  const run = new TimelineRun(pack, spec);
  const steps = [...inputs(pack, spec), ...expectations(spec)].sort((a, b) => a.at - b.at || a.order - b.order);
  return steps.flatMap((step) => run.step(step));
}

type Step = { at: number; order: number } & (
  | { reading: Reading }
  | { event: TimelineEvent }
  | { expected: TimelineExpectation; place: string }
);

function inputs(pack: AlarmPack, { series, events }: TimelineSpec): Step[] {
  const readings = series.flatMap(({ asset, type, but, metric, from, every, values, feed }) => {
    const assets =
      asset === undefined
        ? pack.assets.filter((one) => one.type === type && one.inService).map(({ key }) => `${type}/${key}`)
        : [asset];
    const own = assets.filter((one) => but?.includes(one) !== true);
    return values.flatMap((value, index): Step[] =>
      value === null
        ? []
        : own.map((one) => ({
            at: from + index * every,
            order: 0,
            reading: { asset: one, metric, value, ...(feed === undefined ? {} : { feed }) },
          })),
    );
  });
  return [...readings, ...events.map((event): Step => ({ at: event.at, order: 1, event }))];
}

function expectations({ expect, file, lines }: PackTimeline): Step[] {
  return expect.flatMap((expected, index) =>
    [expected.at].flat().map((at): Step => ({ at, order: 2, expected, place: `${file}:${lines[index] ?? 1}` })),
  );
}

class TimelineRun {
  private machine: AlarmMachine;
  private readonly catalogue: AlarmCatalogue;
  /** newest readings, for a restart to judge anew */
  private readonly latest = new Map<string, { reading: Reading; measured: number }>();
  private readonly stages = new Map<string, { occurrence: NonNullable<TimelineEvent['occurrence']>; at: number }>();
  private readonly start: number;

  constructor(
    private readonly pack: AlarmPack,
    private readonly spec: TimelineSpec,
  ) {
    this.start = Date.parse(spec.start);
    this.catalogue = alarmCatalogue(pack);
    this.machine = this.begin(this.start);
  }

  step(step: Step): string[] {
    const now = this.start + step.at;
    this.machine.advance(now);
    if ('expected' in step) return this.judge(step.expected, step.place, step.at);
    if ('reading' in step) this.read(step.reading, step.at, now);
    else this.happen(step.event, now);
    this.lookBack(now);
    return [];
  }

  /** Tells what was a week ago, as far as the timeline says it. */
  private lookBack(now: number): void {
    for (const asked of this.machine.takeAsked()) {
      const past = this.spec.lastWeek?.find(
        ({ asset, metric }) => `${this.pack.id}/${asset}` === asked.asset && metric === asked.metric,
      );
      const index = Math.round((asked.hour - Math.floor(this.start / HOUR) * HOUR) / HOUR);
      this.machine.learnUsual(asked, past?.values[index] ?? null, now);
    }
  }

  private happen(event: TimelineEvent, now: number): void {
    const { reading, occurrence, silent, heard, hears, acknowledge, command, restart } = event;
    if (reading) this.read(reading, reading.measured ?? event.at, now);
    if (occurrence) {
      this.stages.set(occurrence.id, { occurrence, at: now });
      this.stage(occurrence, now, now);
    }
    if (silent) this.machine.silent(silent, now);
    if (heard) this.machine.heard(heard, now);
    if (hears !== undefined) this.machine.hears(hears, now);
    if (acknowledge)
      this.machine.command({ id: this.idOf(acknowledge), by: 'operator', act: { do: 'acknowledge' } }, now);
    if (command) this.machine.command({ id: this.idOf(command), by: 'operator', act: actOf(command) }, now);
    if (restart) this.restart(now);
  }

  private read(reading: Reading, measured: number, now: number): void {
    const series = `${reading.asset} ${reading.metric}`;
    const before = this.latest.get(series);
    // as state does: only what is measured later becomes the newest value
    if (before !== undefined && measured < before.measured) return;
    this.latest.set(series, { reading, measured });
    this.feed(reading, measured, now);
  }

  private feed(reading: Reading, measured: number, now: number): void {
    this.machine.reading(
      {
        asset: `${this.pack.id}/${reading.asset}`,
        metric: reading.metric,
        value: reading.value,
        at: this.start + measured,
        quality: reading.quality ?? 'good',
        flags: reading.flags ?? [],
        origin: this.spec.origin,
        feed: reading.feed ?? '',
      },
      now,
    );
  }

  private stage(occurrence: NonNullable<TimelineEvent['occurrence']>, at: number, now: number): void {
    const { asset, ...rest } = occurrence;
    const full = asset === undefined ? {} : { asset: `${this.pack.id}/${asset}` };
    this.machine.occurrence({ ...rest, ...full, at, origin: this.spec.origin, feed: occurrence.feed ?? '' }, now);
  }

  private begin(now: number): AlarmMachine {
    const { id, alarms, assets } = this.pack;
    const machine = new AlarmMachine(id, alarms, this.catalogue, { now, pace: this.spec.pace });
    for (const { metric, when } of alarms) {
      if (metric === undefined || when?.absent === undefined) continue;
      const type = metric.slice(0, metric.indexOf('/'));
      for (const asset of assets) if (asset.type === type && asset.inService) machine.expect(asset.id, metric, now);
    }
    return machine;
  }

  /** The server is killed and comes back: what was kept is restored, the newest values are judged anew. */
  private restart(now: number): void {
    const kept = [...this.machine.all()];
    this.machine = this.begin(now);
    this.machine.restore(kept);
    for (const { reading, measured } of this.latest.values()) this.feed(reading, measured, now);
    for (const { occurrence, at } of this.stages.values()) this.stage(occurrence, at, now);
  }

  private judge(wanted: TimelineExpectation, place: string, at: number): string[] {
    const { rule, standing } = wanted;
    const differ = (what: string, expected: unknown, is: unknown) =>
      `${place} at ${showTime(at)} ${what}: expected ${JSON.stringify(expected)}, is ${JSON.stringify(is)}`;
    if (standing !== undefined) {
      const asset = wanted.asset === undefined ? null : `${this.pack.id}/${wanted.asset}`;
      const stands = [...this.machine.all()].filter(
        (alarm) => isStanding(alarm) && (asset === null || alarm.asset === asset),
      );
      const rules = [...new Set(stands.map((alarm) => alarm.rule))].sort();
      return rules.join() === [...standing].sort().join() ? [] : [differ('standing', [...standing].sort(), rules)];
    }
    const alarm = this.machine.get(this.idOf({ ...wanted, rule: rule ?? '' }));
    const state = stateOf(alarm);
    const what = `${rule} of ${wanted.asset ?? wanted.occurrence ?? 'the system'}`;
    const differences: string[] = [];
    if (
      wanted.state !== undefined &&
      wanted.state !== state &&
      !(wanted.state === 'active' && state.startsWith('active'))
    )
      differences.push(differ(what, wanted.state, state));
    const parts = [
      ['unknown', wanted.unknown, alarm?.unknown ?? false],
      ['suppressedBy', wanted.suppressedBy, alarm?.suppressedBy ?? null],
      ['value', wanted.value, alarm?.value ?? null],
    ] as const;
    for (const [name, expected, is] of parts)
      if (expected !== undefined && JSON.stringify(expected) !== JSON.stringify(is))
        differences.push(differ(`${what} ${name}`, expected, is));
    return differences;
  }

  private idOf({ rule, asset, occurrence }: { rule: string; asset?: string; occurrence?: string }): string {
    return this.machine.idOf(rule, {
      asset: asset === undefined ? null : `${this.pack.id}/${asset}`,
      occurrence: occurrence ?? null,
    });
  }
}

/** What an operator of a timeline does; what they say is of no matter there. */
function actOf({ do: what, time = MAX_SHELVED }: NonNullable<TimelineEvent['command']>): AlarmAct {
  const reason = 'timeline';
  if (what === 'shelve') return { do: what, time, reason };
  if (what === 'disable') return { do: what, reason, order: '1', countersigned: 'lead' };
  return { do: what };
}

/** ms after the start as a person writes it: `44m`, `1h5m`, `44m30s`. */
function showTime(ms: number): string {
  const units = [
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
    [1, 'ms'],
  ] as const;
  let left = ms;
  let text = '';
  for (const [size, name] of units) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${name}`;
    left -= count * size;
  }
  return text || '0m';
}
