import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distance, inMultiPolygon, type PolygonRings } from '@citywall/geo';
import { type CompiledFeeds, compileFeeds, type FeedResult } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';
import { createSimulation, type SimulatedMessage } from '@citywall/simulator';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DECODERS } from '../../apps/server/src/packs/decoders.js';
import { packs as builtin } from '../support/builtin-packs.js';

/** The simulated city against the packs' own feeds: what is published must be understood, whole. */
const PACKS = join(import.meta.dirname, '../../libs/packs');
const MINUTE = 60_000;
const MORNING = Date.parse('2026-07-09T08:00:00+08:00');
const MOMENTS = [MORNING, Date.parse('2026-07-09T14:35:00+08:00'), Date.parse('2026-12-31T23:50:00+08:00')];

const readMap = (name: string) => JSON.parse(readFileSync(join(PACKS, 'overview/map', name), 'utf8'));

const packs = builtin.filter((pack) => pack.simulator !== null);
const packOf = (id: string) => packs.find((pack) => pack.id === id) as Pack;
const water = packOf('water');
const city = createSimulation(packs, { seed: 'citywall' });

interface Understood {
  message: SimulatedMessage;
  results: FeedResult[];
}

/** The newest reading is of the moment of its message, or of its minute where the platform writes no seconds. */
function isOfItsMoment({ due }: SimulatedMessage, results: readonly FeedResult[]): boolean {
  const times = results.flatMap(({ readings }) =>
    readings.flatMap(({ at, flags }) => (flags.includes('no-time') ? [] : [at])),
  );
  const newest = Math.max(...times);
  return times.length === 0 || Math.abs(newest - due) <= 1000 || newest === Math.floor(due / MINUTE) * MINUTE;
}

describe.each(packs.map((pack) => [pack.id, pack] as const))('%s', (_id, pack) => {
  let feeds: CompiledFeeds;
  let understood: Understood[];
  const simulation = createSimulation([pack], { seed: 'citywall' });

  beforeAll(() => {
    feeds = compileFeeds(pack.feeds, {
      system: pack.id,
      zone: pack.zone,
      decoders: DECODERS,
      ...(pack.maxAge === undefined ? {} : { maxAge: pack.maxAge }),
    });
    const encoder = new TextEncoder();
    understood = MOMENTS.flatMap((at) => [...simulation.opening(at), ...simulation.between(at, at + MINUTE)]).map(
      (message) => ({
        message,
        results: feeds.map({
          topic: message.topic,
          payload: typeof message.payload === 'string' ? encoder.encode(message.payload) : message.payload,
          receivedAt: Math.max(message.due, MOMENTS[0] ?? 0),
          retained: false,
          origin: 'simulated',
        }),
      }),
    );
  });

  it('every message is taken by a feed and nothing of it is rejected', () => {
    const untaken = understood.filter(({ results }) => results.length === 0).map(({ message }) => message.topic);
    expect(untaken).toEqual([]);
    const rejected = understood.flatMap(({ message, results }) =>
      results.flatMap(({ rejections }) => rejections.map((rejection) => ({ ...rejection, topic: message.topic }))),
    );
    expect(rejected).toEqual([]);
    expect(understood.length).toBeGreaterThan(100);
  });

  it('every feed hears something', () => {
    const heard = new Set(understood.flatMap(({ results }) => results.map(({ feed }) => feed)));
    const bringing = pack.feeds.filter((feed) => feed.ignore !== true).map(({ id }) => id);
    expect(bringing.filter((id) => !heard.has(id))).toEqual([]);
  });

  it('every asset in service has each of its expected metrics', () => {
    const seen = new Set(
      understood.flatMap(({ results }) =>
        results.flatMap(({ readings }) => readings.map(({ type, key, metric }) => `${type}/${key} ${metric}`)),
      ),
    );
    const missing = pack.assets
      .filter((asset) => asset.inService)
      .flatMap(({ type, key }) => (pack.assetTypes[type]?.expected ?? []).map((metric) => `${type}/${key} ${metric}`))
      .filter((series) => !seen.has(series));
    expect(missing).toEqual([]);
  });

  it('readings are of declared assets and metrics, in range, with known states, at the time they were made', () => {
    const assets = new Set(pack.assets.map(({ type, key }) => `${type}/${key}`));
    const metrics = new Map(pack.metrics.map((metric) => [`${metric.type}/${metric.name}`, metric]));
    const wrong: string[] = [];
    for (const { message, results } of understood) {
      for (const reading of results.flatMap(({ readings }) => readings)) {
        const metric = metrics.get(`${reading.type}/${reading.metric}`);
        const { value } = reading;
        const of = `${reading.type}/${reading.key} ${reading.metric} = ${String(value)}`;
        if (!assets.has(`${reading.type}/${reading.key}`)) wrong.push(`${of}: no such asset`);
        if (metric === undefined) wrong.push(`${of}: no such metric`);
        else if (metric.kind === 'state' && !Object.hasOwn(metric.states ?? {}, String(value)))
          wrong.push(`${of}: state`);
        else if (typeof value === 'number') {
          const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = metric.range ?? {};
          if (value < min || value > max) wrong.push(`${of}: out of range`);
        }
        if (reading.flags.includes('clock')) wrong.push(`${of}: clock`);
      }
      if (!isOfItsMoment(message, results)) wrong.push(`${message.topic} at ${message.due}: time`);
    }
    expect(wrong.slice(0, 20)).toEqual([]);
  });

  it('occurrences are of declared types, in declared stages and levels', () => {
    const occurrences = understood.flatMap(({ results }) => results.flatMap((result) => result.occurrences));
    const wrong = occurrences.filter(({ type, status, level, fields }) => {
      const declared = pack.occurrenceTypes[type];
      if (declared === undefined || !Object.hasOwn(declared.statuses ?? {}, status)) return true;
      if (level !== undefined && !Object.hasOwn(declared.levels ?? {}, level)) return true;
      return Object.keys(fields).some((field) => !Object.hasOwn(declared.fields ?? {}, field));
    });
    expect(wrong).toEqual([]);
    expect(new Set(occurrences.map(({ type }) => type))).toEqual(new Set(Object.keys(pack.occurrenceTypes)));
  });

  it('the same asset never goes silent for longer than its values stay fresh', () => {
    const stale = new Map(pack.metrics.map((metric) => [`${metric.type}/${metric.name}`, metric.staleAfter]));
    for (const { type, every } of (pack.simulator?.streams ?? []).map((stream) => ({
      type: stream.of,
      every: stream.every,
    }))) {
      const ages = pack.metrics
        .filter((metric) => metric.type === type)
        .map(({ name }) => stale.get(`${type}/${name}`));
      const limits = ages.filter((age) => age !== undefined);
      // a stream as slow as the status words of controllers brings metrics without an age
      if (every < 10 * MINUTE) expect(Math.min(...limits)).toBeGreaterThanOrEqual(every * 3);
    }
  });
});

describe('the county', () => {
  const towns: { properties: { name: string; code: string }; geometry: { coordinates: [number, number] } }[] =
    readMap('towns.points.geojson').features;
  const cells = new Map<string, PolygonRings[]>(
    readMap('towns.schematic.geojson').features.map(
      (cell: { properties: { name: string }; geometry: { coordinates: PolygonRings[] } }) => [
        cell.properties.name,
        cell.geometry.coordinates,
      ],
    ),
  );

  it('every asset stands within 3 km of the point of its town, in its cell, and says that it is schematic', () => {
    const wrong = packs
      .flatMap((pack) => pack.assets)
      .filter((asset) => {
        const town = towns.find(({ properties }) => properties.name === asset.attributes.town);
        if (town === undefined || asset.place === null || asset.placement !== 'schematic') return true;
        if (town.properties.code !== asset.attributes.townCode) return true;
        const { lon, lat } = asset.place;
        return (
          distance([lon, lat], town.geometry.coordinates) > 3000 ||
          !inMultiPolygon(cells.get(town.properties.name) ?? [], lon, lat)
        );
      });
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it('every town has a rain gauge', () => {
    const gauged = new Set(water.assets.filter(({ type }) => type === 'rain').map((asset) => asset.attributes.town));
    expect(towns.map(({ properties }) => properties.name).filter((name) => !gauged.has(name))).toEqual([]);
  });

  it('speaks 15 to 150 messages a second, after an opening of at most 8,000', () => {
    const minute = city.between(MORNING, MORNING + MINUTE);
    expect(minute.length / 60).toBeGreaterThan(15);
    expect(minute.length / 60).toBeLessThan(150);
    expect(city.opening(MORNING).length).toBeLessThan(8000);
  });
});

describe('a calm day', () => {
  it('is alive and below its limits: rain passes, rivers stay under their warning, most reservoirs under theirs', () => {
    const attributes = new Map(water.assets.map((asset) => [asset.key, asset.attributes]));
    const simulation = createSimulation([water], { seed: 'citywall' });
    let rainy = 0;
    for (let hour = 0; hour < 24; hour += 2) {
      const at = MORNING + hour * 3_600_000;
      const now = simulation.opening(at).filter(({ due }) => due === at);
      const body = ({ payload }: SimulatedMessage) => JSON.parse(String(payload));
      const levels = (source: string) => now.filter((message) => message.source === source).map(body);
      for (const { head, body: told } of levels('water/river')) {
        expect(Number(told.z)).toBeLessThan(Number(attributes.get(head.stcd)?.warning));
      }
      const over = levels('water/reservoir').filter(
        ({ head, body: told }) => Number(told.z) >= Number(attributes.get(head.stcd)?.floodLimit),
      );
      expect(over.length).toBeLessThanOrEqual(2);
      const hours: number[] = levels('water/rain')
        .flat()
        .map(({ p1 }: { p1: string }) => Number(p1));
      if (Math.max(...hours) > 3) rainy += 1;
      expect(Math.max(...hours)).toBeLessThan(50);
    }
    expect(rainy).toBeGreaterThan(8);
  });

  it('has a warning in force at any time', () => {
    const emergency = createSimulation([packOf('emergency')], { seed: 'citywall' });
    for (let hour = 0; hour < 48; hour += 1) {
      const told = emergency.opening(MORNING + hour * 3_600_000).filter(({ source }) => source === 'emergency/warning');
      expect(told.some(({ payload }) => !String(payload).includes('<msgType>Cancel'))).toBe(true);
    }
  });
});
