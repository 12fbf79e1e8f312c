import type { Asset } from '@citywall/model';
import type { SimulatorStream } from '@citywall/pack-schema';
import { type Faults, NO_FAULTS } from './faults/faults.js';
import { compileMoves, type Moved } from './moves.js';
import { unit, within } from './random.js';
import type { Running } from './scenario/story.js';
import type { SimulatedMessage } from './simulation.types.js';
import type { Filled, Scope } from './template.js';
import { type City, compileValues, type Subject, type Values } from './values.js';

/** The messages of one stream: who speaks, when, and what is said. */
export interface Stream {
  /** @param past whether the past is told too, for those that have a backfill @default true */
  opening(at: number, past?: boolean): SimulatedMessage[];
  /** @param pace least ms between two messages of one speaker; slower ones keep their own time */
  between(from: number, to: number, pace?: number): SimulatedMessage[];
  /** what is under way at `from` as it stands at `to`, nothing else of what lies between; streams have nothing */
  skip?(from: number, to: number): SimulatedMessage[];
}

export interface StreamContext {
  system: string;
  assets: readonly Asset[];
  city: City;
  /** scenarios that run or ran, oldest first */
  running?: readonly Running[];
  /** measured time the payload says for a moment; of an asset, where its own clock may be wrong */
  stamp(moment: number, source: string, key?: string): number;
  /** @default nothing goes wrong */
  faults?: Faults;
}

/** One speaker: an asset, or a group of assets that share a message. */
export interface Speaker {
  group: string;
  subjects: Subject[];
  /** of its assets */
  keys: string[];
  /** ms into the period at which it speaks */
  phase: number;
}

/**
 * Scopes of the assets of one message, each at the moments its rows tell of.
 * @param hushed whether assets of which nothing is heard are among them
 */
export function streamRows(
  spec: SimulatorStream,
  { city, stamp, faults = NO_FAULTS }: StreamContext,
  source: string,
  hushed: 'left out' | 'hushed too' = 'left out',
): (speaker: Speaker, due: number, moments?: readonly number[]) => Scope[] {
  const model = compileValues(spec.values, city, source);
  const moved = spec.moves === undefined ? undefined : compileMoves(spec.moves, city.zone);
  const row = (subject: Subject, moment: number, group: string): Scope => {
    const { asset } = subject;
    const told = faults.valuesAt(source, asset.key, moment);
    const values = faults.spiked(source, asset.key, moment, model(subject, told));
    return assetScope(asset, values, stamp(moment, source, asset.key), city, group, moved?.(subject, told));
  };
  return ({ group, subjects }, due, moments = momentsOf(spec, due)) =>
    subjects
      .filter(({ asset }) => hushed === 'hushed too' || !faults.hushed(source, asset.key, due))
      .flatMap((subject) => moments.map((moment) => row(subject, moment, group)));
}

/** Moments of the rows an asset has in the message due at `due`. */
function momentsOf({ history }: SimulatorStream, due: number): number[] {
  if (history === undefined) return [due];
  return Array.from({ length: history.count }, (_, i) => due - (history.count - 1 - i) * history.every);
}

export function speakersOf(spec: SimulatorStream, context: StreamContext, source: string): Speaker[] {
  const subjects = context.assets
    .filter((asset) => asset.type === spec.of && asset.inService)
    .map((asset): Subject => ({ asset, seed: within(context.city.seed, asset.id) }));
  const groups = new Map<string, Subject[]>();
  for (const subject of subjects) {
    const group = spec.by === undefined ? subject.asset.key : groupOf(subject.asset, spec.by);
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [subject]);
    else members.push(subject);
  }
  return [...groups].map(([group, members]) => ({
    group,
    subjects: members,
    keys: members.map(({ asset }) => asset.key),
    phase: Math.floor(unit(within(context.city.seed, `${source} ${group}`)) * spec.every),
  }));
}

function groupOf(asset: Asset, by: string): string {
  return by === 'all' ? 'all' : String(asset.attributes[by] ?? '');
}

/**
 * `{key}` `{name}` `{extId}` `{group}` `{lon}` `{lat}` `{attribute.x}` `{value.x}`, of one that moves `{move.speed}`,
 * `{move.heading}` and `{move.state}`
 */
export function assetScope(
  asset: Asset,
  values: Values,
  at: number,
  city: City,
  group = '',
  moved: Moved | undefined = undefined,
): Scope {
  const place = moved ?? asset.place;
  return {
    at,
    zone: city.zone,
    get(path): Filled | undefined {
      if (path.startsWith('value.')) return own(values, path.slice(6));
      if (path.startsWith('attribute.')) return own(asset.attributes, path.slice(10));
      switch (path) {
        case 'key':
          return asset.key;
        case 'name':
          return asset.name;
        case 'extId':
          return asset.extId ?? null;
        case 'group':
          return group;
        case 'lon':
          return place === null ? null : { number: place.lon, decimals: moved ? 6 : 5 };
        case 'lat':
          return place === null ? null : { number: place.lat, decimals: moved ? 6 : 5 };
        case 'move.speed':
          return moved && { number: moved.speed, decimals: 1 };
        case 'move.heading':
          return moved && { number: moved.heading, decimals: 0 };
        case 'move.state':
          return moved?.state;
        default:
          return undefined;
      }
    },
  };
}

export function groupScope(group: string, at: number, city: City): Scope {
  return { at, zone: city.zone, get: (path) => (path === 'group' ? group : undefined) };
}

function own<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
