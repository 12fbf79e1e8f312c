import { type Asset, assetId, type Metric } from '@citywall/model';
import type { AssetFeature } from './files/assets.js';
import type { MetricEntry } from './files/metrics.js';

/** An entry of metrics.yaml as the model has it. */
export function asMetric(entry: MetricEntry): Metric {
  const { id, name, range, ratePerMinute, ...rest } = entry;
  const slash = id.indexOf('/');
  const [min, max] = range ?? [null, null];
  return {
    ...rest,
    type: id.slice(0, slash),
    name: id.slice(slash + 1),
    label: name,
    ...(range === undefined ? {} : { range: { ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) } }),
    ...(ratePerMinute === undefined ? {} : { maxRatePerMinute: ratePerMinute }),
  };
}

/** A feature of assets.geojson as the model has it. */
export function asAsset(system: string, feature: AssetFeature): Asset {
  const slash = feature.id.indexOf('/');
  const type = feature.id.slice(0, slash);
  const key = feature.id.slice(slash + 1);
  const { name, extId, placement, inService, ...attributes } = feature.properties;
  const point = feature.geometry?.coordinates;
  return {
    id: assetId(system, type, key),
    system,
    type,
    key,
    name,
    ...(extId === undefined ? {} : { extId: String(extId) }),
    place: point === undefined ? null : { lon: point[0], lat: point[1] },
    ...(placement === undefined ? {} : { placement }),
    inService: inService ?? true,
    attributes: attributes as Asset['attributes'],
    declared: true,
  };
}
