import type { Origin, Quality, ReadingValue, Words } from '@citywall/model';
import { defineStore } from 'pinia';
import { ask } from '../console/api.js';

/** Newest value of a metric, as the HTTP interface tells it. */
export interface AssetMetric {
  name: Words | null;
  value: ReadingValue | null;
  unit: string | null;
  decimals: number | null;
  states: Record<string, Words> | null;
  at: string;
  receivedAt: string;
  quality: Quality;
  staleAfter: number | null;
  origin: Origin;
  feed: string;
}

/**
 * All newest values of one asset; null: nobody is there to ask (a picture without a server).
 * @throws where the server doesn't answer or refuses
 */
export type AssetSource = (id: string) => Promise<Record<string, AssetMetric> | null>;

export const httpAssets: AssetSource = async (id) =>
  (await ask<{ metrics: Record<string, AssetMetric> }>(`assets/${encodeURIComponent(id)}`)).metrics;

/** Where the values of one asset come from that no view of a panel brings. */
export const useAssetsStore = defineStore('assets', () => {
  let source: AssetSource = httpAssets;
  return {
    metricsOf: (id: string) => source(id),
    from(other: AssetSource) {
      source = other;
    },
  };
});
