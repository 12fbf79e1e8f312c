import { isStale, ratesOf } from '@citywall/aggregate';
import { type Asset, isPrivate, type LatestValue, parseAssetId } from '@citywall/model';
import type { z } from 'zod';
import type { Asker } from '../auth/guards.js';
import type { SeenAsset, StateRepository, Window } from '../state/index.js';
import { type Catalogue, systemIds } from './catalogue.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { discloseAsset, discloseValue } from './disclosure.js';
import { Problem } from './problem.js';
import type { asset, assetMetric, Queries, series } from './schemas/city.js';
import { iso } from './schemas/common.js';

export type AssetItem = z.input<typeof asset>;
export type SeriesItem = z.input<typeof series>;

/** Assets ever seen are read from state at most this often, ms. */
const SEEN_FOR = 2_000;
const TEN_SECONDS = 10_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
/** Steps a series gets when none is asked for: the finest one with at most so many points. */
const STEPS = [1, 5, 15, 60, 360, 1_440].map((minutes) => minutes * MINUTE);
const CHOSEN_POINTS = 1_440;
/** Most points a series may have. */
export const MAX_POINTS = 20_000;

type State = Pick<StateRepository, 'latest' | 'assets' | 'windows'>;
/** Who asks: visitors are not told that a private asset exists. */
type For = Pick<Asker, 'unmasked' | 'audience'>;

/** Assets with their newest values, and their series. */
export class AssetsService {
  private readonly seen = new Map<string, { at: number; assets: Promise<SeenAsset[]> }>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly state: State,
    private readonly now: () => number = Date.now,
  ) {}

  /** Declared and discovered assets in the order of their ids. */
  async list(query: Queries['assets'], asker: For): Promise<{ items: AssetItem[]; next: string | null }> {
    const systems = systemIds(this.catalogue, query.system);
    const after = query.cursor === undefined ? '' : String(decodeCursor('assets', query.cursor, ['string'])[0]);
    const matching = (await Promise.all(systems.map((system) => this.known(system))))
      .flat()
      .filter((asset) => asset.id > after && isFor(asker, asset))
      .map((asset) => discloseAsset(asset, this.catalogue.get(asset.system), asker.unmasked))
      // what is not told cannot be found by it either
      .filter((asset) => matches(asset, query))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const page = matching.slice(0, query.limit);
    const last = page.at(-1);
    return {
      items: await Promise.all(page.map((asset) => this.withMetrics(asset, asker.unmasked))),
      next: last && matching.length > page.length ? encodeCursor('assets', [last.id]) : null,
    };
  }

  /** @throws Problem `not-found` */
  async one(id: string, asker: For): Promise<AssetItem> {
    const { asset, latest } = await this.find(id, asker);
    const told = discloseAsset(asset, this.catalogue.get(asset.system), asker.unmasked);
    return this.item(told, latest, asker.unmasked);
  }

  /** Windows of one metric over [from, to). @throws Problem `not-found`, `invalid-parameter` */
  async series(id: string, metric: string, query: Queries['series'], asker: For): Promise<SeriesItem> {
    const { asset, latest } = await this.find(id, asker);
    const spec = this.catalogue.metric(asset.system, asset.type, metric);
    if (!spec && !latest.has(metric)) throw new Problem('not-found', `asset ${id} has no metric of this name`);
    const to = query.to ?? this.now();
    const fine = query.step !== undefined && query.step < MINUTE;
    const from = query.from ?? to - (fine ? HOUR : DAY);
    const step = query.step ?? STEPS.find((each) => (to - from) / each <= CHOSEN_POINTS) ?? DAY;
    const refuse = (name: string, detail: string) =>
      new Problem('invalid-parameter', `query: ${name}`, { parameters: [{ name, in: 'query', detail }] });
    if (from >= to) throw refuse('from', 'must be before `to`');
    if (step <= 0 || step % (fine ? TEN_SECONDS : MINUTE) !== 0) {
      throw refuse('step', 'must be a multiple of 1m, or of 10s below a minute');
    }
    // A minute more: the clock of who asks is not this one.
    if (fine && from < this.now() - HOUR - MINUTE) throw refuse('step', 'below 1m reaches back one hour only');
    if (query.as === 'rate' && spec?.kind !== 'counter') throw refuse('as', 'is for metrics of kind counter');
    if ((to - from) / step > MAX_POINTS) {
      throw refuse('step', `would give more than ${MAX_POINTS} points; take a wider one`);
    }
    const windows = query.as === 'rate' ? null : await this.state.windows(id, metric, from, to, step);
    const points = windows ?? (await this.withRates(id, metric, from, to, step));
    return {
      asset: id,
      metric,
      unit: spec?.unit ?? null,
      step,
      points: points.map(({ at, ...point }) => ({ at: iso(at), ...point })),
    };
  }

  /** Windows that have a rate. The one before the first is read too, and the first one whole. */
  private async withRates(
    id: string,
    metric: string,
    from: number,
    to: number,
    step: number,
  ): Promise<(Window & { rate: number })[]> {
    const first = Math.floor(from / step) * step;
    const windows = await this.state.windows(id, metric, first - step, to, step);
    const rates = ratesOf(windows, step);
    return windows.flatMap((window) => {
      const rate = window.at < first ? undefined : rates.get(window.at);
      return rate === undefined ? [] : [{ ...window, rate }];
    });
  }

  private async find(id: string, asker: For): Promise<{ asset: Asset; latest: Map<string, LatestValue> }> {
    const parts = parseAssetId(id);
    if (!parts || this.catalogue.get(parts.system)?.kind !== 'system') throw new Problem('not-found', 'no such asset');
    const declared = this.catalogue.asset(id);
    if (declared && !isFor(asker, declared)) throw new Problem('not-found', 'no such asset');
    const latest = await this.state.latest(id);
    if (!declared && latest.size === 0) throw new Problem('not-found', 'no such asset');
    return { asset: declared ?? discovered(id, parts), latest };
  }

  private async known(system: string): Promise<Asset[]> {
    const declared = this.catalogue.get(system)?.assets ?? [];
    const ids = new Set(declared.map((asset) => asset.id));
    const others = (await this.seenIn(system)).flatMap(({ id }) => {
      const parts = ids.has(id) ? null : parseAssetId(id);
      return parts ? [discovered(id, parts)] : [];
    });
    return [...declared, ...others];
  }

  private seenIn(system: string): Promise<SeenAsset[]> {
    const now = this.now();
    const known = this.seen.get(system);
    if (known && now - known.at < SEEN_FOR) return known.assets;
    const assets = this.state.assets(system);
    this.seen.set(system, { at: now, assets });
    assets.catch(() => this.seen.delete(system));
    return assets;
  }

  private async withMetrics(asset: Asset, unmasked: boolean): Promise<AssetItem> {
    return this.item(asset, await this.state.latest(asset.id), unmasked);
  }

  private item(asset: Asset, latest: ReadonlyMap<string, LatestValue>, unmasked: boolean): AssetItem {
    const { id, system, type, key, name, extId, place, attributes } = asset;
    const pack = this.catalogue.get(system);
    const now = this.now();
    const metrics: [string, z.input<typeof assetMetric>][] = [...latest].map(([metric, value]) => {
      const spec = this.catalogue.metric(system, type, metric);
      return [
        metric,
        {
          name: spec?.label ?? null,
          value: discloseValue(value.value, pack, type, metric, unmasked),
          unit: spec?.unit ?? null,
          decimals: spec?.decimals ?? null,
          states: spec?.states ?? null,
          at: iso(value.at),
          receivedAt: iso(value.receivedAt),
          quality: value.quality,
          stale: isStale(value.at, spec?.staleAfter, now),
          staleAfter: spec?.staleAfter ?? null,
          origin: value.origin,
          feed: value.feed,
        },
      ];
    });
    metrics.sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      id,
      system,
      type,
      key,
      name,
      ...(extId === undefined ? {} : { extId }),
      place: place && { lon: place.lon, lat: place.lat },
      attributes,
      metrics: Object.fromEntries(metrics),
    };
  }
}

/** An asset that a feed brought and no pack declares: it is called by its key, and nobody said where it is. */
function discovered(id: string, { system, type, key }: { system: string; type: string; key: string }): Asset {
  return { id, system, type, key, name: key, place: null, inService: true, attributes: {}, declared: false };
}

function isFor({ audience }: For, asset: Asset): boolean {
  return audience === 'staff' || !isPrivate(asset);
}

function matches(asset: Asset, { bbox, q }: Queries['assets']): boolean {
  if (bbox) {
    if (!asset.place) return false;
    const [west, south, east, north] = bbox;
    const { lon, lat } = asset.place;
    if (lon < west || lon > east || lat < south || lat > north) return false;
  }
  if (q === undefined) return true;
  const wanted = q.toLowerCase();
  return [asset.id, asset.name, asset.extId].some((text) => text?.toLowerCase().includes(wanted));
}
