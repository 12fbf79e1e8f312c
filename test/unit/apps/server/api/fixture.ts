import type { Asset, Metric } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import type { Catalogue } from '../../../../../apps/server/src/api/catalogue.js';

export const NOW = Date.UTC(2026, 6, 9, 6, 35);

const words = (en: string) => ({ zh: en, en });

export function asset(id: string, more: Partial<Asset> = {}): Asset {
  const [system = '', type = '', ...key] = id.split('/');
  return {
    id,
    system,
    type,
    key: key.join('/'),
    name: key.join('/'),
    place: null,
    inService: true,
    attributes: {},
    declared: true,
    ...more,
  };
}

export function pack(id: string, more: Partial<Pack> = {}): Pack {
  return {
    id,
    kind: 'system',
    name: words(id),
    short: words(id),
    order: 1,
    zone: 'Asia/Shanghai',
    assetTypes: {},
    metrics: [],
    feeds: [],
    occurrenceTypes: {},
    alarms: [],
    kpis: [],
    scenes: [],
    simulator: null,
    assets: [],
    pii: { occurrences: {}, readings: {} },
    cases: [],
    ...more,
  };
}

export function metric(type: string, name: string, more: Partial<Metric> = {}): Metric {
  return { type, name, label: words(name), kind: 'gauge', history: 'day', ...more };
}

export function catalogue(...packs: Pack[]): Catalogue {
  return {
    all: () => packs,
    get: (id) => packs.find((each) => each.id === id),
    metric: (system, type, name) =>
      packs.find(({ id }) => id === system)?.metrics.find((each) => each.type === type && each.name === name),
    asset: (id) => packs.flatMap(({ assets }) => assets).find((each) => each.id === id),
  };
}
