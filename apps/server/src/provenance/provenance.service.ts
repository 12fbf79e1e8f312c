import { isStale } from '@citywall/aggregate';
import { parseAssetId } from '@citywall/model';
import type { Pack, PanelSpec } from '@citywall/pack-schema';
import type { ViewSpec } from '@citywall/protocol';
import type { z } from 'zod';
import type { Catalogue } from '../api/catalogue.js';
import { discloseValue } from '../api/disclosure.js';
import { Problem } from '../api/problem.js';
import { iso } from '../api/schemas/common.js';
import type { panelProvenance, readingProvenance, sourceFeed, viewProvenance } from '../api/schemas/provenance.js';
import type { Row, StateRepository } from '../state/index.js';
import { ruleOf } from './rule-words.js';

type State = Pick<StateRepository, 'latest' | 'latestAll'>;
type Feed = z.input<typeof sourceFeed>;
type Members = NonNullable<z.input<typeof viewProvenance>['members']>;

/** Newest values of a system are read for this at most so often, ms. */
const ROWS_FOR = 2_000;

/** Where a number comes from: of one reading, and of a panel's views. */
export class ProvenanceService {
  private readonly rows = new Map<string, { until: number; rows: Promise<Row[]> }>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly state: State,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws Problem `not-found` */
  async reading(id: string, metric: string, unmasked: boolean): Promise<z.input<typeof readingProvenance>> {
    const parts = parseAssetId(id);
    const pack = parts ? this.catalogue.get(parts.system) : undefined;
    const value = parts && pack?.kind === 'system' ? (await this.state.latest(id)).get(metric) : undefined;
    if (!parts || !value) throw new Problem('not-found', `no value of ${metric} of this asset`);
    const spec = this.catalogue.metric(parts.system, parts.type, metric);
    return {
      asset: id,
      name: this.catalogue.asset(id)?.name ?? parts.key,
      metric: {
        id: metric,
        name: spec?.label ?? null,
        kind: spec?.kind ?? null,
        unit: spec?.unit ?? null,
        decimals: spec?.decimals ?? null,
        range: spec?.range ? { min: spec.range.min ?? null, max: spec.range.max ?? null } : null,
        staleAfter: spec?.staleAfter ?? null,
      },
      value: discloseValue(value.value, pack, parts.type, metric, unmasked),
      at: iso(value.at),
      receivedAt: iso(value.receivedAt),
      quality: value.quality,
      stale: isStale(value.at, spec?.staleAfter, this.now()),
      origin: value.origin,
      flags: value.flags,
      feed: feedOf(pack, parts.system, value.feed),
    };
  }

  /** @throws Problem `not-found` */
  async panel(scene: string, id: string): Promise<z.input<typeof panelProvenance>> {
    const panel = this.find(scene, id);
    if (!panel) throw new Problem('not-found', 'no such panel in this scene');
    const views = await Promise.all(Object.entries(panel.views).map(([role, spec]) => this.view(role, spec)));
    return { scene, panel: id, title: panel.title, views };
  }

  private find(scene: string, id: string): PanelSpec | undefined {
    const spec = this.catalogue
      .all()
      .flatMap((pack) => pack.scenes)
      .find((one) => one.id === scene);
    return spec?.panels.find((panel) => panel.id === id);
  }

  private async view(role: string, spec: ViewSpec): Promise<z.input<typeof viewProvenance>> {
    const known = { role, kind: spec.kind, rule: ruleOf(spec, this.catalogue) };
    const of = membersOf(spec);
    if (of) return { ...known, ...(await this.members(of)) };
    const systems = systemsWithOccurrences(spec);
    const feeds = systems.flatMap((system) => {
      const pack = this.catalogue.get(system);
      return (pack?.feeds ?? [])
        .filter((feed) => !feed.ignore && (feed.occurrences ?? []).length > 0)
        .map((feed) => feedOf(pack, system, feed.id));
    });
    return { ...known, members: null, feeds };
  }

  private async members(of: Wanted): Promise<{ members: Members; feeds: Feed[] }> {
    const { system, type, metrics, assets } = of;
    const pack = this.catalogue.get(system);
    const now = this.now();
    const declared = (pack?.assets ?? []).filter((asset) => asset.type === type);
    const inService = new Set(declared.filter((asset) => asset.inService).map(({ id }) => id));
    const fresh = new Set<string>();
    const seen = new Set<string>();
    const feeds = new Set<string>();
    let [oldest, newest] = [Number.POSITIVE_INFINITY, 0];
    for (const [typeKey, metric, , at, , quality, , , feed] of await this.newest(system)) {
      const id = `${system}/${typeKey}`;
      const wanted = assets ? assets.includes(id) : typeKey.startsWith(`${type}/`);
      if (!wanted || !metrics.includes(metric)) continue;
      seen.add(id);
      feeds.add(feed);
      oldest = Math.min(oldest, at);
      newest = Math.max(newest, at);
      const staleAfter = this.catalogue.metric(system, type, metric)?.staleAfter;
      if (quality < 2 && !isStale(at, staleAfter, now)) fresh.add(id);
    }
    const expected = assets ? new Set(assets) : declared.length > 0 ? inService : seen;
    return {
      members: {
        fresh: [...fresh].filter((id) => expected.has(id)).length,
        total: expected.size,
        oldestAt: seen.size > 0 ? iso(oldest) : null,
        newestAt: seen.size > 0 ? iso(newest) : null,
      },
      feeds: [...feeds].sort().map((id) => feedOf(pack, system, id)),
    };
  }

  private newest(system: string): Promise<Row[]> {
    const now = this.now();
    const known = this.rows.get(system);
    if (known && now < known.until) return known.rows;
    const byKey = new Map<string, Row>();
    const rows = this.state
      .latestAll(system, (chunk) => {
        for (const row of chunk) byKey.set(`${row[0]} ${row[1]}`, row);
      })
      .then(() => [...byKey.values()]);
    this.rows.set(system, { until: now + ROWS_FOR, rows });
    // A failure is told to those who asked now; the next one asks again. What nobody asks about again is let go.
    rows.catch(() => this.rows.delete(system));
    setTimeout(() => {
      if (this.rows.get(system)?.rows === rows) this.rows.delete(system);
    }, ROWS_FOR).unref();
    return rows;
  }
}

interface Wanted {
  system: string;
  type: string;
  metrics: string[];
  assets?: string[];
}

/** Assets and metrics that stand behind a view; null where it has no members. */
function membersOf(spec: ViewSpec): Wanted | null {
  switch (spec.kind) {
    case 'rank':
    case 'aggregate':
    case 'layer': {
      const [system = '', type = '', metric = ''] = spec.of.split('/');
      return { system, type, metrics: [metric] };
    }
    case 'series': {
      const [system = '', type = ''] = spec.asset.split('/');
      return { system, type, metrics: [spec.metric], assets: [spec.asset] };
    }
    case 'latest': {
      const [system = '', type = ''] = (spec.type ?? spec.assets?.[0] ?? '').split('/');
      return { system, type, metrics: spec.metrics, ...(spec.assets ? { assets: spec.assets } : {}) };
    }
    default:
      return null;
  }
}

function systemsWithOccurrences(spec: ViewSpec): string[] {
  switch (spec.kind) {
    case 'tally':
    case 'flow':
      return [spec.system];
    case 'list':
      return spec.systems;
    case 'caseload':
      return [...new Set(spec.types.map((type) => type.slice(0, type.indexOf('/'))))];
    case 'index':
      return [
        ...new Set(spec.parts.flatMap(({ measures }) => measures.flatMap(({ view }) => systemsWithOccurrences(view)))),
      ];
    case 'groups':
      return [...new Set(spec.columns.flatMap(({ view }) => systemsWithOccurrences(view)))];
    default:
      return [];
  }
}

function feedOf(pack: Pack | undefined, system: string, id: string): Feed {
  const spec = pack?.feeds.find((feed) => feed.id === id);
  return { id, system, topic: spec ? [spec.topic].flat() : [], broker: spec?.broker ?? 'default' };
}
