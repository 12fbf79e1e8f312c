import type { ScenarioLife, SimulatorLife } from '@citywall/pack-schema';
import { unit, weighted, within } from '../random.js';
import { areaReached, areaTo } from './curve.js';
import { momentOf, type Run } from './run.js';
import type { Running } from './story.js';

type Fields = Record<string, Record<string, string | number | boolean | null>>;

/** An occurrence that begins because of a scenario. */
export interface Beginning {
  run: Run;
  /** number among those of its kind in the run, from 0 */
  index: number;
  /** moment, simulated Unix ms */
  at: number;
  /** own seed */
  seed: number;
  /** list → fields an entry must have */
  pick: Fields;
  /** list → fields that stand instead of those of the entry */
  fields: Fields;
  assets: readonly string[] | undefined;
  /** its stages, where the scenario gives their minutes; undefined: as drawn */
  stages: { id: string; at: number; set: Fields[string] }[] | undefined;
}

/** Most occurrences of one part of a scenario: a rate is a curve, and a slip of it must not fill a memory. */
const MOST = 2_000;

/** All beginnings of a life in what runs and ran, that come as things stand now. */
export function beginningsOf(source: string, running: readonly Running[], seed: number): Beginning[] {
  return running.flatMap(({ run, spec }) => {
    const parts = spec.lives.filter(({ of }) => of === source);
    let index = 0;
    return parts.flatMap((part, place) =>
      minutesOf(part, within(seed, `${source} ${place}`)).flatMap((minute) => {
        const own = within(seed, `${run.n} ${place} ${index}`);
        index += 1;
        const at = momentOf(run, minute);
        if (at === null) return [];
        const choice = part.mix === undefined ? undefined : weighted(own, 0, part.mix.map(asWeighted));
        return {
          run,
          index: index - 1,
          at,
          seed: own,
          pick: { ...part.pick, ...choice?.pick },
          fields: joined(part.fields, choice?.fields ?? {}),
          assets: part.assets,
          stages: part.stages?.flatMap((stage) => {
            const moment = momentOf(run, stage.at);
            return moment === null ? [] : { id: stage.id, at: moment, set: stage.set };
          }),
        };
      }),
    );
  });
}

function minutesOf(part: ScenarioLife, seed: number): number[] {
  if (part.at !== undefined) return part.at;
  const { rate = [] } = part;
  const last = rate.at(-1)?.[0] ?? 0;
  const total = Math.min(areaTo(rate, last), MOST);
  const minutes: number[] = [];
  for (let n = 0; n < total; n += 1) {
    const minute = areaReached(rate, n + unit(seed, n));
    if (minute !== null) minutes.push(minute);
  }
  return minutes;
}

/** The entry of a list that is drawn, with the fields that stand instead. */
export function drawn(
  spec: SimulatorLife,
  beginning: Beginning,
  agrees: (fields: Fields[string], wanted: Fields[string]) => boolean,
): Fields {
  return Object.fromEntries(
    Object.entries(spec.pick).map(([name, list]) => {
      const wanted = beginning.pick[name] ?? {};
      const entries = list
        .filter(({ fields }) => agrees(fields, wanted))
        .map(({ weight, fields }) => ({ weight, value: fields }));
      return [name, { ...weighted(within(beginning.seed, name), 0, entries), ...beginning.fields[name] }];
    }),
  );
}

function asWeighted(choice: NonNullable<ScenarioLife['mix']>[number]) {
  return { weight: choice.weight, value: choice };
}

function joined(one: Fields, other: Fields): Fields {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, { ...one[name], ...other[name] }]));
}
