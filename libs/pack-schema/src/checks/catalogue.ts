import type { AssetFeature } from '../files/assets.js';
import type { MetricEntry } from '../files/metrics.js';
import type { PackFile } from '../files/pack.js';
import type { Entry, PackSource, SourceFile } from '../source.js';
import { hint, type Known, metricProblem, typeProblem } from './known.js';

/** pack.yaml against itself and the catalogue. */
export function checkPackFile(file: SourceFile, pack: PackFile, known: Known, source: PackSource): void {
  const report = (path: (string | number)[], message: string): void =>
    source.report(file.value, path, message, { file: file.name });
  for (const [type, spec] of Object.entries(pack.assetTypes ?? {})) {
    for (const [index, metric] of (spec.expected ?? []).entries()) {
      const problem = metricProblem(known, type, metric);
      if (problem !== undefined) report(['assetTypes', type, 'expected', index], problem);
    }
  }
  for (const [type, spec] of Object.entries(pack.occurrenceTypes ?? {})) {
    const { statuses } = spec;
    if (statuses === undefined) continue;
    for (const [index, status] of (spec.closed ?? []).entries()) {
      if (Object.hasOwn(statuses, status)) continue;
      const near = hint(status, Object.keys(statuses));
      report(['occurrenceTypes', type, 'closed', index], `"${status}" is none of the statuses of "${type}"${near}`);
    }
  }
}

export function checkMetrics(metrics: readonly Entry<MetricEntry>[], known: Known, source: PackSource): void {
  for (const { value: metric, raw, path: base } of metrics) {
    const report = (path: (string | number)[], message: string): void =>
      source.report(raw, path, message, { base, file: 'metrics.yaml' });
    const type = metric.id.slice(0, metric.id.indexOf('/'));
    const problem = typeProblem(known, type);
    if (problem !== undefined) report(['id'], problem);
    const [low, high] = metric.range ?? [null, null];
    if (low !== null && high !== null && low >= high)
      report(['range'], `the range is empty: ${low} is not below ${high}`);
    if (metric.kind === 'state' && metric.states === undefined) {
      report(['kind'], 'a metric of kind state lists its states: states: { running: { zh: …, en: … } }');
    }
    if (metric.kind !== 'state' && metric.states !== undefined)
      report(['states'], `only kind state has states, this is ${metric.kind}`);
    for (const key of metric.kind === 'position' ? [] : (['maxSpeed', 'box'] as const)) {
      if (metric[key] !== undefined) report([key], `only a position has "${key}", this is ${metric.kind}`);
    }
    if (metric.box && (metric.box[0] >= metric.box[2] || metric.box[1] >= metric.box[3])) {
      report(['box'], 'the box is empty: its order is west, south, east, north');
    }
    if (metric.kind === 'gauge' || metric.kind === 'counter') continue;
    const numeric = ['range', 'ratePerMinute', 'decimals'] as const;
    // a text may have one: raw bytes in hex
    for (const key of metric.kind === 'text' ? numeric : ([...numeric, 'unit'] as const)) {
      if (metric[key] !== undefined) report([key], `only a gauge or a counter has "${key}", this is ${metric.kind}`);
    }
  }
}

/** Declared assets: types exist, ids are unique. */
export function checkAssets(assets: readonly Entry<AssetFeature>[], known: Known, source: PackSource): void {
  for (const { value: asset, raw, path: base } of assets) {
    const problem = typeProblem(known, asset.id.slice(0, asset.id.indexOf('/')));
    if (problem !== undefined) source.report(raw, ['id'], problem, { base, file: 'assets.geojson' });
  }
}
