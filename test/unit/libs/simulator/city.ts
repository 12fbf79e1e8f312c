import type { Asset } from '@citywall/model';
import { seedOf, within } from '../../../../libs/simulator/src/random.js';
import { zoneOf } from '../../../../libs/simulator/src/time.js';
import type { City, Subject } from '../../../../libs/simulator/src/values.js';

/** A city of one asset with settled weather, for the tests of this folder. */
export const NOON = Date.parse('2026-07-09T12:00:00+08:00');

export function cityOf(fallen: (from: number, to: number) => number = () => 0): City {
  return {
    seed: seedOf('test'),
    zone: zoneOf('Asia/Shanghai'),
    weather: { intensity: () => 0, fallen: (_lon, _lat, from, to) => fallen(from, to) },
  };
}

export function assetOf(key: string, attributes: Asset['attributes'] = {}, type = 'reservoir'): Asset {
  return {
    id: `water/${type}/${key}`,
    system: 'water',
    type,
    key,
    name: `asset ${key}`,
    place: { lon: 107.34, lat: 30.33 },
    placement: 'schematic',
    inService: true,
    attributes,
    declared: true,
  };
}

export const subjectOf = (asset: Asset): Subject => ({ asset, seed: within(seedOf('test'), asset.id) });
