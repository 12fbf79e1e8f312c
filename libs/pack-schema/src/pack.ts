import type { DecoderFactory, FeedSpec, PiiClass } from '@citywall/mapping';
import type { Asset, Metric, Words } from '@citywall/model';
import type { Arrangement, ArrangementName, Cells, Grid, ViewSpec } from '@citywall/protocol';
import type { AlarmRule } from './files/alarms.js';
import type { CaseSpec } from './files/cases.js';
import type { OccurrenceTypeSpec, Upstream } from './files/pack.js';
import type { ScenarioSpec } from './files/scenario.js';
import type { SimulatorSpec } from './files/simulator.js';
import type { TimelineSpec } from './files/timelines.js';
import type { ImportedMapLayer } from './imports.js';
import type { Problem } from './problem.js';

/** One parsed, checked pack: a city system, or (kind city) scenes over all systems. Durations are milliseconds. */
export interface Pack {
  id: string;
  kind: 'system' | 'city';
  name: Words;
  /** for narrow places */
  short: Words;
  /** place among the systems, lower first */
  order: number;
  /** IANA zone or fixed offset of times that say none */
  zone: string;
  /** ms; measured times older than this count as a wrong clock */
  maxAge?: number;
  /** by type */
  assetTypes: Record<string, AssetType>;
  /** in the order of the catalogue */
  metrics: Metric[];
  /** recipes expanded, in order; durations are ms */
  feeds: FeedSpec[];
  /** by type */
  occurrenceTypes: Record<string, OccurrenceTypeSpec>;
  alarms: AlarmRule[];
  kpis: Kpi[];
  scenes: SceneSpec[];
  /** null: the pack has no simulator */
  simulator: SimulatorSpec | null;
  /** of a city pack: what may happen to the simulated systems together */
  scenarios: ScenarioSpec[];
  /** lines and areas an operator may import, and what was imported; absent: none */
  mapLayers?: ImportedMapLayer[];
  /** declared assets */
  assets: Asset[];
  pii: PackPii;
  cases: PackCase[];
  timelines: PackTimeline[];
}

export interface AssetType {
  name: Words;
  /** metrics a healthy asset keeps fresh; empty: any metric counts */
  expected: string[];
  /** what its assets depend on, the nearest first; absent: nothing */
  upstream?: Upstream[];
}

/** Stands for every occurrence type; no type is written so. */
export const ANY_TYPE = '*';

/** What is personal, by kind. Masked at the server. */
export interface PackPii {
  /** occurrence type → field → class; under `ANY_TYPE` the fields of occurrences whose type only the message knows */
  occurrences: Record<string, Record<string, PiiClass>>;
  /** `type/metric` → class */
  readings: Record<string, PiiClass>;
}

/** The personal fields of an occurrence, by class. */
export function personalFields(pii: PackPii | undefined, type: string): Record<string, PiiClass> {
  const types = pii?.occurrences ?? {};
  return { ...types[ANY_TYPE], ...(Object.hasOwn(types, type) ? types[type] : undefined) };
}

export interface Kpi {
  id: string;
  name: Words;
  unit?: Words;
  decimals?: number;
  view: ViewSpec;
}

/** A scene as a pack says it, its views made whole (`of` always with the system). */
export interface SceneSpec {
  id: string;
  name: Words;
  /** absent in a city pack */
  system?: string;
  grid: Grid;
  arrangements?: Partial<Record<ArrangementName, Arrangement>>;
  panels: PanelSpec[];
}

export interface PanelSpec {
  id: string;
  /** type from the wall's registry */
  type: string;
  /** absent: only in an arrangement */
  at?: Cells;
  title: Words;
  scope?: Words;
  views: Record<string, ViewSpec>;
  options: Record<string, unknown>;
}

/** A golden case with the file it stands in. */
export interface PackCase extends CaseSpec {
  file: string;
}

/** An alarm timeline with the file it stands in, and where each expectation does: `line:col`. */
export interface PackTimeline extends TimelineSpec {
  file: string;
  lines: string[];
}

/** One folder a pack is read from: the built-in one, or the site's patch of it. Texts by path inside the folder. */
export interface PackLayer {
  /** shown before the path in problems: `libs/packs/water` */
  root: string;
  /** `feeds.yaml`, `cases/one.yaml` → text */
  files: ReadonlyMap<string, string>;
}

/** Recipe folders by name. */
export type Recipes = ReadonlyMap<string, PackLayer>;

export interface ParseOptions {
  /** name of the folder: `id` must be the same */
  id?: string;
  /** packs already read, by id: references to their metrics are checked; to systems not among them they are not */
  systems?: ReadonlyMap<string, Pack>;
  /** decoders beyond those of `@citywall/mapping`, by name */
  decoders?: Record<string, DecoderFactory>;
  /** parts that are not needed (`cases`: also timelines): their files are not read, what is wrong in them is not told */
  without?: readonly ('simulator' | 'cases')[];
}

export interface ParseResult {
  /** absent where there is any problem */
  pack?: Pack;
  /** all of them, in the order of a reader */
  problems: Problem[];
}
