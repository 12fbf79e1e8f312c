import type { FeedSpec } from '@citywall/mapping';
import { asAsset, asMetric } from './as-model.js';
import { checkAlarms } from './checks/alarms.js';
import { checkAssets, checkMetrics, checkPackFile } from './checks/catalogue.js';
import { compileProblems } from './checks/compile.js';
import { checkFeeds } from './checks/feeds.js';
import type { Known } from './checks/known.js';
import { checkScenarios } from './checks/scenarios.js';
import { checkPanels, checkView } from './checks/scenes.js';
import { checkTimeline, type TimelineNames } from './checks/timelines.js';
import { checkTopology, typesAbove } from './checks/topology.js';
import { type AlarmRule, alarmRule } from './files/alarms.js';
import { type AssetFeature, assetFeature } from './files/assets.js';
import { caseFile } from './files/cases.js';
import { dicts, feedEntry } from './files/feeds.js';
import { type KpiEntry, kpiEntry } from './files/kpis.js';
import { mapLayerEntry } from './files/map.js';
import { type MetricEntry, metricEntry } from './files/metrics.js';
import { type PackFile, packFile } from './files/pack.js';
import { type ScenarioSpec, scenarioFile } from './files/scenario.js';
import { type SceneEntry, sceneEntry } from './files/scene.js';
import { type SimulatorSpec, simulatorFile } from './files/simulator.js';
import { timelineFile } from './files/timelines.js';
import { readMapLayers } from './imports.js';
import { nearest } from './issues.js';
import { isMap } from './merge.js';
import { hasUsualOutage, OUTAGE_RULE, withOutage } from './outage.js';
import {
  type AssetType,
  type Kpi,
  type PackCase,
  type PackLayer,
  type PackTimeline,
  type ParseOptions,
  type ParseResult,
  type Recipes,
  type SceneSpec,
} from './pack.js';
import { collectPii } from './pii.js';
import { type PathStep, sortProblems } from './problem.js';
import { expandRecipes } from './recipes.js';
import { type Entry, idsOf, PackSource, type SourceFile } from './source.js';
import { resolveView } from './views.js';

export const DEFAULT_ZONE = 'Asia/Shanghai';

/** Files a pack folder may hold, beside `cases/`, `timelines/`, `scenarios/` and texts. */
export const PACK_FILES = [
  'pack.yaml',
  'metrics.yaml',
  'feeds.yaml',
  'alarms.yaml',
  'kpis.yaml',
  'scene.yaml',
  'simulator.yaml',
  'map.yaml',
  'assets.geojson',
] as const;
type PackFileName = (typeof PACK_FILES)[number];

/**
 * Reads a pack: one folder (`files`: text by path inside it), or several layers of which later ones patch earlier ones.
 * Every problem of every file is found at once; a pack comes back only where there is none.
 */
export function parsePack(
  files: ReadonlyMap<string, string> | readonly PackLayer[],
  recipes: Recipes = new Map(),
  options: ParseOptions = {},
): ParseResult {
  const layers = Array.isArray(files)
    ? (files as readonly PackLayer[])
    : [{ root: '', files: files as ReadonlyMap<string, string> }];
  return new PackReader(layers, recipes, options).read();
}

/** One reading of one pack: the files in the order of what refers to what. */
class PackReader {
  readonly #source: PackSource;
  readonly #recipes: Recipes;
  readonly #options: ParseOptions;
  /** scenario → its file */
  readonly #scenarioFiles = new Map<string, string>();

  constructor(layers: readonly PackLayer[], recipes: Recipes, options: ParseOptions) {
    this.#source = new PackSource(layers);
    this.#recipes = recipes;
    this.#options = options;
  }

  read(): ParseResult {
    const source = this.#source;
    this.#checkNames();
    const packSource = source.read('pack.yaml');
    if (packSource === undefined) source.report(undefined, [], 'pack.yaml is missing: every pack folder has one');
    const head = this.#head(packSource);

    const feeds = this.#feeds();
    const metrics = this.#metrics(feeds.metrics, declaredTypes(packSource));
    const alarms = this.#list('alarms.yaml', 'alarms', alarmRule);
    const kpis = this.#list('kpis.yaml', 'kpis', kpiEntry);
    const scenes = this.#list('scene.yaml', 'scenes', sceneEntry);
    const mapLayers = readMapLayers(this.#list('map.yaml', 'layers', mapLayerEntry).good, source);
    const assets = this.#assets();
    const { without = [] } = this.#options;
    const simulator = without.includes('simulator') ? null : this.#simulator();
    const cases = without.includes('cases') ? [] : this.#cases();
    const scenarios = without.includes('simulator') ? [] : this.#scenarios();

    const known = this.#known(packSource, head, metrics, assets);
    if (packSource !== undefined && head !== undefined) checkPackFile(packSource, head, known, source);
    checkMetrics(metrics.good, known, source);
    checkAssets(assets.good, known, source);
    const declared = assets.broken ? null : idsOf(assets.raw);
    if (packSource !== undefined && head !== undefined)
      checkTopology(packSource, head, assets.good, declared, known, source);
    checkFeeds(feeds.good, known, source);
    const options = { system: known.system, zone: head?.time?.zone, decoders: this.#options.decoders };
    for (const message of compileProblems(feeds.good, options, source)) {
      source.report(packSource?.value, ['time', 'zone'], message);
    }
    const outages = outagesOf(
      alarms.good.map(({ value }) => value),
      known.city,
    );
    checkAlarms(alarms.good, new Set([...idsOf(alarms.raw), ...outages]), known, source);
    checkPanels(scenes.good, source);
    const timelines = without.includes('cases')
      ? []
      : this.#timelines({
          known,
          rules: new Set([...idsOf(alarms.raw), ...outages]),
          outages,
          feeds: idsOf(feeds.raw),
          assets: assets.broken ? null : new Set(assets.good.map(({ value }) => value.id)),
        });
    const shownKpis = this.#kpis(kpis.good, known);
    const shownScenes = this.#scenes(scenes.good, known);
    if (known.city) this.#checkCity({ metrics, feeds, alarms, assets });
    checkScenarios(scenarios, known.systems, source, ({ id }) => this.#scenarioFiles.get(id) ?? 'scenarios');
    if (!known.city && scenarios[0] !== undefined) {
      source.report(scenarios[0].raw, [], "scenarios are of the city: put them into the city's pack", {
        file: this.#scenarioFiles.get(scenarios[0].value.id) ?? 'scenarios',
      });
    }

    const problems = sortProblems(source.problems);
    if (problems.length > 0 || head === undefined) return { problems };
    const catalogue = {
      kind: head.kind,
      assetTypes: assetTypesOf(head),
      metrics: metrics.good.map(({ value }) => asMetric(value)),
      assets: assets.good.map(({ value }) => asAsset(head.id, value)),
    };
    const rules = alarms.good.map(({ value }) => value);
    return {
      problems,
      pack: {
        ...catalogue,
        alarms: withOutage(catalogue, rules),
        id: head.id,
        name: head.name,
        short: head.short ?? head.name,
        order: head.order,
        zone: head.time?.zone ?? DEFAULT_ZONE,
        ...(head.time?.maxAge === undefined ? {} : { maxAge: head.time.maxAge }),
        feeds: feeds.good.map(({ value }): FeedSpec => value),
        occurrenceTypes: head.occurrenceTypes ?? {},
        kpis: shownKpis,
        scenes: shownScenes,
        simulator,
        scenarios: scenarios.map(({ value }) => value),
        ...(mapLayers.length === 0 ? {} : { mapLayers }),
        pii: collectPii(head, feeds.good),
        cases,
        timelines,
      },
    };
  }

  #checkNames(): void {
    for (const name of this.#source.names()) {
      if (
        !/\.(ya?ml|geojson|json)$/i.test(name) ||
        /^((cases|timelines|scenarios)\/[^/]+\.yaml|map\/[^/]+\.geojson)$/.test(name)
      )
        continue;
      if ((PACK_FILES as readonly string[]).includes(name)) continue;
      const near = nearest(name, PACK_FILES);
      const hint =
        near === undefined
          ? `; a pack has ${PACK_FILES.join(', ')}, cases/*.yaml and timelines/*.yaml`
          : `, did you mean ${near}?`;
      this.#source.report(undefined, [], `unknown file${hint}`, { file: name });
    }
  }

  #head(file: SourceFile | undefined): PackFile | undefined {
    if (file === undefined || file.broken) return undefined;
    const head = this.#source.check(packFile, file.value, [], file.name);
    const { id } = this.#options;
    if (head !== undefined && id !== undefined && head.id !== id) {
      this.#source.report(
        file.value,
        ['id'],
        `the id "${head.id}" and the folder "${id}" differ; give both the same name`,
      );
    }
    return head;
  }

  #list<S extends Parameters<PackSource['entries']>[0]>(name: PackFileName, key: string, schema: S): Listed<S> {
    const file = this.#source.read(name);
    if (file === undefined) return { raw: [], good: [], broken: false };
    const raw = this.#source.list(file, key);
    return { raw, good: this.#source.entries(schema, raw, name), broken: file.broken };
  }

  #feeds(): FeedsListed {
    const file = this.#source.read('feeds.yaml');
    if (file === undefined) return { raw: [], good: [], broken: false, metrics: [] };
    const listed = this.#source.list(file, 'feeds', ['dicts']);
    const { feeds, metrics } = expandRecipes(listed, this.#recipes, this.#source);
    const good = this.#source.entries(feedEntry, feeds, 'feeds.yaml');
    const shared = isMap(file.value) ? file.value.dicts : undefined;
    const tables = shared === undefined ? undefined : this.#source.check(dicts, shared, ['dicts'], 'feeds.yaml');
    if (tables) for (const { value } of good) value.dicts = { ...tables, ...value.dicts };
    return { raw: feeds, good, broken: file.broken, metrics };
  }

  /** The pack's own catalogue, and beside it what recipes suggest and the pack does not declare itself. */
  #metrics(suggested: Entry<unknown>[], types: ReadonlySet<string> | null): Listed<typeof metricEntry> {
    const file = this.#source.read('metrics.yaml');
    const own = file === undefined ? [] : this.#source.list(file, 'metrics');
    const known = idsOf(own);
    const raw = [...own];
    for (const entry of suggested) {
      const [id] = idsOf([entry]);
      // of a type the pack does not declare its feeds tell already
      if (id === undefined || known.has(id) || types?.has(id.slice(0, id.indexOf('/'))) === false) continue;
      known.add(id);
      raw.push(entry);
    }
    const good = this.#source.entries(metricEntry, raw, 'metrics.yaml');
    return { raw, good, broken: file?.broken === true };
  }

  #assets(): { raw: Entry<unknown>[]; good: Entry<AssetFeature>[]; broken: boolean } {
    const file = this.#source.read('assets.geojson');
    if (file === undefined) return { raw: [], good: [], broken: false };
    if (file.broken) return { raw: [], good: [], broken: true };
    const collection = isMap(file.value) ? file.value : {};
    const features = Array.isArray(collection.features) ? collection.features : undefined;
    if (collection.type !== 'FeatureCollection' || features === undefined) {
      this.#source.report(file.value, [], 'expected a GeoJSON FeatureCollection with "features"', { file: file.name });
    }
    const raw = (features ?? []).map((value: unknown, index) => ({
      value,
      raw: value,
      path: ['features', index] as PathStep[],
    }));
    return { raw, good: this.#source.entries(assetFeature, raw, file.name), broken: file.broken };
  }

  #simulator(): SimulatorSpec | null {
    const file = this.#source.read('simulator.yaml');
    if (file === undefined || file.broken) return null;
    return this.#source.check(simulatorFile, file.value, [], file.name) ?? null;
  }

  #scenarios(): Entry<ScenarioSpec>[] {
    const found: Entry<ScenarioSpec>[] = [];
    for (const name of this.#source.names()) {
      if (!/^scenarios\/[^/]+\.yaml$/.test(name)) continue;
      const file = this.#source.read(name);
      if (file === undefined || file.broken) continue;
      const value = this.#source.check(scenarioFile, file.value, [], name);
      if (value === undefined) continue;
      if (!this.#scenarioFiles.has(value.id)) this.#scenarioFiles.set(value.id, name);
      found.push({ value, raw: file.value, path: [] });
    }
    return found;
  }

  #cases(): PackCase[] {
    const cases: PackCase[] = [];
    for (const name of this.#source.names()) {
      if (!/^cases\/[^/]+\.yaml$/.test(name)) continue;
      const file = this.#source.read(name);
      if (file === undefined || file.broken) continue;
      const value = this.#source.check(caseFile, file.value, [], name);
      if (value !== undefined) cases.push({ ...value, file: this.#source.fileOf(name) });
    }
    return cases;
  }

  #timelines(names: TimelineNames): PackTimeline[] {
    const timelines: PackTimeline[] = [];
    for (const name of this.#source.names()) {
      if (!/^timelines\/[^/]+\.yaml$/.test(name)) continue;
      const file = this.#source.read(name);
      if (file === undefined || file.broken) continue;
      const value = this.#source.check(timelineFile, file.value, [], name);
      if (value === undefined) continue;
      checkTimeline(value, names, (path, message) => this.#source.report(file.value, path, message, { file: name }));
      const lines = value.expect.map((_, index) => {
        const spot = this.#source.places.find(file.value, ['expect', index]);
        return spot === undefined ? '1:1' : `${spot.line}:${spot.col}`;
      });
      timelines.push({ ...value, file: this.#source.fileOf(name), lines });
    }
    return timelines;
  }

  #known(
    file: SourceFile | undefined,
    head: PackFile | undefined,
    metrics: Listed<typeof metricEntry>,
    assets: { good: Entry<AssetFeature>[]; broken: boolean },
  ): Known {
    const raw = isMap(file?.value) ? file.value : {};
    const usable = file !== undefined && !file.broken;
    const catalogue = new Map<string, MetricEntry | undefined>();
    for (const id of idsOf(metrics.raw)) catalogue.set(id, undefined);
    for (const { value } of metrics.good) catalogue.set(value.id, value);
    const attributes = new Map<string, Set<string>>();
    for (const { value } of assets.good) {
      const type = value.id.slice(0, value.id.indexOf('/'));
      const names = attributes.get(type) ?? new Set<string>();
      attributes.set(type, names);
      for (const name of Object.keys(value.properties)) names.add(name);
    }
    return {
      system: head?.id ?? this.#options.id ?? (typeof raw.id === 'string' ? raw.id : ''),
      city: raw.kind === 'city',
      types: declaredTypes(file),
      metrics: metrics.broken ? null : catalogue,
      occurrenceTypes: usable ? occurrenceTypes(raw, head) : null,
      attributes: assets.broken ? null : attributes,
      assets: assets.broken ? null : new Map(assets.good.map(({ value }) => [value.id, value.properties])),
      above: head === undefined ? null : typesAbove(head.assetTypes ?? {}),
      systems: this.#options.systems,
    };
  }

  #kpis(entries: readonly Entry<KpiEntry>[], known: Known): Kpi[] {
    return entries.map(({ value, raw, path }) => {
      const view = resolveView(value.view, known.city ? null : known.system, known.types ?? new Set());
      checkView(view, known, (inner, message) =>
        this.#source.report(raw, ['view', ...inner], message, { base: path, file: 'kpis.yaml' }),
      );
      return { ...value, view };
    });
  }

  #scenes(entries: readonly Entry<SceneEntry>[], known: Known): SceneSpec[] {
    const own = known.city ? null : known.system;
    return entries.map(({ value: scene, raw, path }) => ({
      ...scene,
      ...(own === null ? {} : { system: own }),
      panels: scene.panels.map((panel, index) => ({
        ...panel,
        views: Object.fromEntries(
          Object.entries(panel.views).map(([role, form]) => {
            const view = resolveView(form, own, known.types ?? new Set());
            checkView(view, known, (inner, message) =>
              this.#source.report(raw, ['panels', index, 'views', role, ...inner], message, {
                base: path,
                file: 'scene.yaml',
              }),
            );
            return [role, view];
          }),
        ),
      })),
    }));
  }

  /** A city pack holds scenes over the systems; what belongs to one system belongs into its pack. */
  #checkCity(lists: Record<string, { raw: Entry<unknown>[] }>): void {
    for (const [name, { raw }] of Object.entries(lists)) {
      const first = raw[0];
      if (first === undefined) continue;
      const file = name === 'assets' ? 'assets.geojson' : `${name}.yaml`;
      this.#source.report(first.raw, [], `a city pack has scenes and KPIs only; put ${name} into a system's pack`, {
        base: first.path,
        file,
      });
    }
  }
}

interface Listed<S extends Parameters<PackSource['entries']>[0]> {
  raw: Entry<unknown>[];
  good: ReturnType<typeof PackSource.prototype.entries<S>>;
  broken: boolean;
}

interface FeedsListed extends Listed<typeof feedEntry> {
  /** catalogue entries of the recipes in use */
  metrics: Entry<unknown>[];
}

/** Ids of the rules of outage, the usual one among them. */
function outagesOf(rules: readonly AlarmRule[], city: boolean): Set<string> {
  const own = rules.filter(({ outage }) => outage !== undefined).map(({ id }) => id);
  return new Set(hasUsualOutage(city, rules) ? [...own, OUTAGE_RULE] : own);
}

function assetTypesOf({ assetTypes = {} }: PackFile): Record<string, AssetType> {
  const entries = Object.entries(assetTypes).map(([type, { name, expected = [], upstream }]): [string, AssetType] => [
    type,
    { name, expected, ...(upstream === undefined ? {} : { upstream }) },
  ]);
  return Object.fromEntries(entries);
}

/** Names of the asset types in pack.yaml, right or not; null where it cannot be read. */
function declaredTypes(file: SourceFile | undefined): ReadonlySet<string> | null {
  if (file === undefined || file.broken) return null;
  const types = isMap(file.value) ? file.value.assetTypes : undefined;
  return new Set(Object.keys(isMap(types) ? types : {}));
}

function occurrenceTypes(raw: Record<string, unknown>, head: PackFile | undefined): Known['occurrenceTypes'] {
  if (head !== undefined) return head.occurrenceTypes ?? {};
  const names = Object.keys(isMap(raw.occurrenceTypes) ? raw.occurrenceTypes : {});
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
