import type { Asset } from '@citywall/model';
import { agrees, type SimulatorLife } from '@citywall/pack-schema';
import { compilePayload } from './payload.js';
import { type Person, personOf } from './people.js';
import { placeIn } from './places.js';
import { between, unit, weighted, within } from './random.js';
import { type Beginning, beginningsOf, drawn } from './scenario/beginnings.js';
import type { SimulatedMessage } from './simulation.types.js';
import { assetScope, type Stream, type StreamContext } from './streams.js';
import { compileTemplate, type Filled, type Scope } from './template.js';
import { dailyCurve } from './values.js';

interface LifeStage {
  id: string;
  at: number;
  set: Record<string, string | number | boolean | null>;
}

/** One occurrence from beginning to end. */
interface Life {
  begin: number;
  /** number within its local day, from 1 */
  n: number;
  person: Person;
  asset: Asset | undefined;
  place: [lon: number, lat: number] | undefined;
  picks: Record<string, Record<string, string | number | boolean | null>>;
  draws: Record<string, { number: number; decimals: number }>;
  /** only those it passes through, in order */
  stages: LifeStage[];
  /** moment from which a scenario tells it; what was before is told then */
  since?: number;
}

const DAY = 86_400_000;
const METRES_A_DEGREE = 111_000;
/** Numbers within a day above those of the everyday: room for so many runs of scenarios, each with so many lives. */
const RUNS_A_DAY = 50;
const LIVES_A_RUN = 2_000;

/**
 * Occurrences of one kind. A local day is cut into slots of `every`; in each slot one life may begin (`daily` says how
 * likely), and everything about it is drawn from its slot, so no life needs to be remembered.
 */
export function createLives(spec: SimulatorLife, context: StreamContext): Stream {
  const source = `${context.system}/${spec.id}`;
  const { city } = context;
  const seed = within(city.seed, source);
  const daily = spec.daily === undefined ? () => 1 : dailyCurve(spec.daily);
  const homes = spec.near === undefined ? [] : context.assets.filter((asset) => asset.type === spec.near);
  const longest = spec.stages.reduce((sum, { after }) => sum + (typeof after === 'number' ? after : after[1]), 0);
  const said = { topic: compileTemplate(spec.topic), encode: compilePayload(spec.payload) };
  /** stages that are told elsewhere or otherwise than the life's others */
  const ways = new Map(
    spec.stages.map(({ id, topic = spec.topic, payload = spec.payload }) => [
      id,
      topic === spec.topic && payload === spec.payload
        ? said
        : { topic: compileTemplate(topic), encode: compilePayload(payload) },
    ]),
  );
  const topicOf = (life: Life, index: number): string =>
    (ways.get(life.stages[index]!.id) ?? said).topic(lifeScope(life, index));
  const code = compileTemplate(spec.code);
  const messageId = compileTemplate(spec.message ?? spec.code);
  const earlier = spec.earlier === undefined ? null : compileTemplate(spec.earlier.each);

  const heaviness = homes.map(({ attributes }) => {
    const heavy = spec.weight === undefined ? 1 : attributes[spec.weight];
    return typeof heavy === 'number' ? Math.max(heavy, 0) : 0;
  });
  const places = homes.map((value, i) => ({ weight: heaviness[i] ?? 0, value }));
  const homeOf = (own: number): Asset | undefined =>
    spec.weight === undefined ? homes[Math.floor(unit(own, 3) * homes.length)] : weighted(own, 3, places);

  const born = (day: number, slot: number): Life | null => {
    const own = within(seed, `${day} ${slot}`);
    const begin = Math.floor(city.zone.midnight(day) + (slot + unit(own, 1)) * spec.every);
    if (unit(own, 2) >= daily(city.zone.local(begin).sinceMidnight)) return null;
    const asset = homeOf(own);
    return {
      begin,
      n: slot + 1,
      draws: drawsOf(spec, own),
      person: personOf(own),
      asset,
      place: placeNear(asset, own, spec.within, spec.crs),
      picks: Object.fromEntries(
        Object.entries(spec.pick).map(([name, list]) => {
          const entries = list.map(({ weight, fields }) => ({ weight, value: fields }));
          return [name, weighted(within(own, name), 0, entries) ?? {}];
        }),
      ),
      stages: stagesOf(spec, begin, within(own, 'stages')),
    };
  };

  /** Lives of a day, kept as long as the longest lasts: those of thirty days need not be drawn again ten times a second. */
  const slots = Math.ceil(DAY / spec.every);
  const days = new Map<number, Life[]>();
  const bornOn = (day: number): Life[] => {
    const known = days.get(day);
    if (known !== undefined) return known;
    const lives: Life[] = [];
    for (let slot = 0; slot < slots; slot += 1) {
      const life = born(day, slot);
      if (life !== null) lives.push(life);
    }
    days.set(day, lives);
    const most = Math.ceil(longest / DAY) + 3;
    for (const old of days.keys()) if (days.size > most) days.delete(old);
    return lives;
  };

  /** One that a scenario begins. A scenario that is stopped ends it. */
  const toldBy = (beginning: Beginning): Life => {
    const { run, at, seed: own, index } = beginning;
    const keys = beginning.assets;
    const near = homes.filter(({ key }) => keys?.includes(key));
    const asset = keys === undefined ? homeOf(own) : near[Math.floor(unit(own, 3) * near.length)];
    const stages = beginning.stages?.flatMap(({ id, at: moment, set }) => {
      const stage = spec.stages.find((candidate) => candidate.id === id);
      return stage === undefined ? [] : { id, at: Math.floor(moment), set: { ...stage.set, ...set } };
    });
    return {
      begin: Math.floor(at),
      n: slots + 1 + (run.n % RUNS_A_DAY) * LIVES_A_RUN + index,
      draws: drawsOf(spec, own),
      person: personOf(own),
      asset,
      place: placeNear(asset, own, spec.within, spec.crs),
      picks: drawn(spec, beginning, agrees),
      stages: endedBy(
        run.finished ? undefined : run.stopped,
        stages ?? stagesOf(spec, Math.floor(at), within(own, 'stages')),
        spec,
      ),
      since: run.opened,
    };
  };
  const told = beginningsOf(source, context.running ?? [], seed).map(toldBy);

  /** Lives begun in (from, to]. */
  const begun = function* (from: number, to: number): Generator<Life> {
    for (let day = city.zone.dayNumber(from); day <= city.zone.dayNumber(to); day += 1) {
      for (const life of bornOn(day)) if (life.begin > from && life.begin <= to) yield life;
    }
    for (const life of told) if (life.begin <= to) yield life;
  };

  /** Whether a stage is told in (from, to]. What a scenario that was jumped into missed is told when it begins. */
  const falls = ({ since }: Life, at: number, from: number, to: number): boolean => {
    if (since === undefined) return at > from && at <= to;
    return at <= to && since <= to && Math.max(at, since) > from;
  };

  const message = (life: Life, index: number): SimulatedMessage => {
    const scope = lifeScope(life, index);
    const { id, at: due } = life.stages[index]!;
    const { encode } = ways.get(id) ?? said;
    const topic = topicOf(life, index);
    const { qos, retain } = spec;
    const keys = life.asset === undefined ? [] : [life.asset.key];
    return { due, topic, payload: encode(scope, [scope]), qos, retain, source, keys, repeats: true };
  };

  /** What an ended life leaves at the broker is taken away again. */
  const cleared = (life: Life): SimulatedMessage[] => {
    const end = life.stages.at(-1);
    if (spec.clearAfter === undefined || end === undefined) return [];
    const due = end.at + spec.clearAfter;
    const topics = new Set(life.stages.map((_stage, index) => topicOf(life, index)));
    return [...topics].map((name) => ({ due, topic: name, payload: '', qos: spec.qos, retain: true, source }));
  };

  const lifeScope = (life: Life, index: number): Scope => {
    const stage = life.stages[index]!;
    const at = context.stamp(stage.at, source, life.asset?.key);
    const base = life.asset === undefined ? null : assetScope(life.asset, {}, at, city);
    // ids keep the simulated moment: at speed the real day would give one number to two lives
    const idScope = (moment: number): Scope => ({
      at: moment,
      zone: city.zone,
      get: (path) => (path === 'n' ? life.n : path === 'stage' ? stage.id : base?.get(path)),
    });
    const scope: Scope = {
      at,
      zone: city.zone,
      get(path): Filled | undefined {
        if (path.startsWith('set.'))
          return Object.hasOwn(stage.set, path.slice(4)) ? stage.set[path.slice(4)] : undefined;
        if (path.startsWith('person.')) return life.person[path.slice(7) as keyof Person];
        if (path.startsWith('pick.')) {
          const [, list = '', field = ''] = path.split('.');
          const picked = Object.hasOwn(life.picks, list) ? life.picks[list] : undefined;
          return picked !== undefined && Object.hasOwn(picked, field) ? picked[field] : undefined;
        }
        if (path.startsWith('draw.'))
          return Object.hasOwn(life.draws, path.slice(5)) ? life.draws[path.slice(5)] : undefined;
        switch (path) {
          case 'n':
            return life.n;
          case 'stage':
            return stage.id;
          case 'code':
            return code(idScope(life.begin));
          case 'message':
            return messageId(idScope(stage.at));
          case 'earlier':
            return earlierOf(life, index);
          case 'lon':
            return life.place === undefined ? null : { number: life.place[0], decimals: 5 };
          case 'lat':
            return life.place === undefined ? null : { number: life.place[1], decimals: 5 };
          default:
            return base?.get(path);
        }
      },
    };
    return scope;
  };

  const earlierOf = (life: Life, index: number): string => {
    if (earlier === null) return '';
    return life.stages
      .slice(0, index)
      .map((_stage, before) => earlier(lifeScope(life, before)))
      .join(spec.earlier?.join ?? ' ');
  };

  /** As it stands at a moment; nothing of one that is not told yet, or that ended before anybody asks for it. */
  const standing = (life: Life, at: number): SimulatedMessage[] => {
    const reached = life.stages.findLastIndex((stage) => stage.at <= at);
    if (reached < 0 || (life.since !== undefined && life.since > at)) return [];
    const ended = reached === life.stages.length - 1 && (life.stages[reached]?.at ?? 0) < at - spec.past;
    return life.since !== undefined && ended ? [] : [message(life, reached)];
  };

  return {
    opening: (at) => [...begun(at - spec.past, at)].flatMap((life) => standing(life, at)),
    between(from, to) {
      const messages: SimulatedMessage[] = [];
      for (const life of begun(from - longest - (spec.clearAfter ?? 0), to)) {
        life.stages.forEach((stage, index) => {
          if (falls(life, stage.at, from, to)) messages.push(message(life, index));
        });
        const end = life.stages.at(-1)?.at ?? 0;
        if (spec.clearAfter !== undefined && falls(life, end + spec.clearAfter, from, to))
          messages.push(...cleared(life));
      }
      return messages;
    },
    skip(from, to) {
      const messages: SimulatedMessage[] = [];
      for (const life of begun(from - longest, Math.min(from, to - spec.past))) {
        const reached = life.stages.findLastIndex((stage) => stage.at <= to);
        if (reached >= 0 && (life.stages[reached]?.at ?? 0) > from) messages.push(message(life, reached));
      }
      return messages;
    },
  };
}

/** The stages of a life that a scenario began; where the scenario is stopped it ends there and then. */
function endedBy(stopped: number | undefined, stages: LifeStage[], spec: SimulatorLife): LifeStage[] {
  if (stopped === undefined) return stages;
  const reached = stages.filter(({ at }) => at <= stopped);
  const final = spec.stages.at(-1);
  const last = spec.stages.find(({ id }) => id === reached.at(-1)?.id);
  if (final === undefined || last === undefined || last === final || last.last) return reached;
  return [...reached, { id: final.id, at: Math.floor(stopped), set: final.set }];
}

function stagesOf(spec: SimulatorLife, begin: number, seed: number): LifeStage[] {
  const stages: LifeStage[] = [];
  let at = begin;
  for (const [index, stage] of spec.stages.entries()) {
    if (unit(seed, index * 2) >= stage.chance) continue;
    at += typeof stage.after === 'number' ? stage.after : between(seed, index * 2 + 1, stage.after[0], stage.after[1]);
    stages.push({ id: stage.id, at: Math.floor(at), set: stage.set });
    if (stage.last) break;
  }
  return stages;
}

function drawsOf({ draw = {} }: SimulatorLife, seed: number): Life['draws'] {
  return Object.fromEntries(
    Object.entries(draw).map(([name, [from, to, decimals = 0]]) => [
      name,
      { number: between(within(seed, `draw ${name}`), 0, from, to), decimals },
    ]),
  );
}

function placeNear(
  asset: Asset | undefined,
  seed: number,
  metres: number,
  crs: SimulatorLife['crs'],
): [number, number] | undefined {
  if (asset === undefined || asset.place === null) return undefined;
  const far = metres * Math.sqrt(unit(seed, 4));
  const angle = unit(seed, 5) * 2 * Math.PI;
  const lat = asset.place.lat + (far * Math.sin(angle)) / METRES_A_DEGREE;
  const lon = asset.place.lon + (far * Math.cos(angle)) / (METRES_A_DEGREE * Math.cos((lat * Math.PI) / 180));
  return placeIn(crs, lon, lat);
}
