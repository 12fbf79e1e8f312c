import type { Asset } from '@citywall/model';
import type { SimulatorStream } from '@citywall/pack-schema';
import { compileMoves, type Moved } from './moves.js';
import { compilePayload } from './payload.js';
import { unit, within } from './random.js';
import type { SimulatedMessage } from './simulation.types.js';
import { compileTemplate, type Filled, type Scope } from './template.js';
import { type City, compileValues, type Subject, type Values } from './values.js';

/** The messages of one stream: who speaks, when, and what is said. */
export interface Stream {
  opening(at: number): SimulatedMessage[];
  between(from: number, to: number): SimulatedMessage[];
}

export interface StreamContext {
  system: string;
  assets: readonly Asset[];
  city: City;
  stamp(moment: number, source: string): number;
}

/** One speaker: an asset, or a group of assets that share a message. */
interface Speaker {
  group: string;
  subjects: Subject[];
  /** ms into the period at which it speaks */
  phase: number;
}

export function createStream(spec: SimulatorStream, context: StreamContext): Stream {
  const source = `${context.system}/${spec.id}`;
  const { city } = context;
  const model = compileValues(spec.values, city, source);
  const moved = spec.moves === undefined ? undefined : compileMoves(spec.moves);
  const topic = compileTemplate(spec.topic);
  const encode = compilePayload(spec.payload);
  const speakers = speakersOf(spec, context, source);

  const row = (subject: Subject, moment: number, group: string): Scope =>
    assetScope(
      subject.asset,
      model(subject, moment),
      context.stamp(moment, source),
      city,
      group,
      moved?.(subject, moment),
    );

  const message = (speaker: Speaker, due: number, moments = momentsOf(spec, due)): SimulatedMessage => {
    const at = context.stamp(due, source);
    const rows = speaker.subjects.flatMap((subject) => moments.map((moment) => row(subject, moment, speaker.group)));
    const own = spec.by === undefined ? rows.at(-1) : groupScope(speaker.group, at, city);
    const scope = own ?? groupScope(speaker.group, at, city);
    return { due, topic: topic(scope), payload: encode(scope, rows), qos: spec.qos, retain: spec.retain, source };
  };

  const backfill = (at: number): SimulatedMessage[] => {
    const { backfill: past } = spec;
    if (past === undefined) return [];
    const wanted = past.assets === undefined ? null : new Set(past.assets);
    // of a message that many share only the wanted ones tell their past: the others' would cost and show nothing
    const told =
      wanted === null
        ? speakers
        : speakers
            .map((speaker) => ({ ...speaker, subjects: speaker.subjects.filter(({ asset }) => wanted.has(asset.key)) }))
            .filter(({ subjects }) => subjects.length > 0);
    const messages: SimulatedMessage[] = [];
    const moments: number[] = [];
    for (let due = at - past.over; due < at; due += past.every) moments.push(due);
    if (past.together === true) {
      return told.map((speaker) => ({ ...message(speaker, moments.at(-1)!, moments), retain: false }));
    }
    for (const due of moments) {
      // retained past readings would outlive the newest ones at the broker
      for (const speaker of told) messages.push({ ...message(speaker, due), retain: false });
    }
    return messages;
  };

  return {
    opening: (at) => [...backfill(at), ...speakers.map((speaker) => message(speaker, at))],
    between(from, to) {
      const messages: SimulatedMessage[] = [];
      for (const speaker of speakers) {
        let due = Math.floor((from - speaker.phase) / spec.every) * spec.every + speaker.phase;
        for (due += spec.every; due <= to; due += spec.every) messages.push(message(speaker, due));
      }
      return messages;
    },
  };
}

/** Moments of the rows an asset has in the message due at `due`. */
function momentsOf({ history }: SimulatorStream, due: number): number[] {
  if (history === undefined) return [due];
  return Array.from({ length: history.count }, (_, i) => due - (history.count - 1 - i) * history.every);
}

function speakersOf(spec: SimulatorStream, context: StreamContext, source: string): Speaker[] {
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

function groupScope(group: string, at: number, city: City): Scope {
  return { at, zone: city.zone, get: (path) => (path === 'group' ? group : undefined) };
}

function own<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
