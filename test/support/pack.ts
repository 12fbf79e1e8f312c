import type { Asset } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';

/** The same words in both languages. */
export const words = (text: string) => ({ zh: text, en: text });

/** A declared asset without a place; its key is its name. */
export function asset(id: string, more: Partial<Asset> = {}): Asset {
  const [system = '', type = '', ...rest] = id.split('/');
  const key = rest.join('/');
  return {
    id,
    system,
    type,
    key,
    name: key,
    place: null,
    inService: true,
    attributes: {},
    declared: true,
    ...more,
  };
}

/** An empty pack of a system, and what a test puts into it. */
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
    scenarios: [],
    assets: [],
    pii: { occurrences: {}, readings: {} },
    cases: [],
    timelines: [],
    ...more,
  };
}
