import type { Metric } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import type { Catalogue } from '../../../../../apps/server/src/api/catalogue.js';
import { words } from '../../../../support/pack.js';

export { asset, pack } from '../../../../support/pack.js';

export const NOW = Date.UTC(2026, 6, 9, 6, 35);

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
