import Supercluster from 'supercluster';
import { STANDINGS, type Standing } from './trust.js';

export interface Placed {
  key: string;
  lon: number;
  lat: number;
  standing: Standing;
}

/** One symbol: an asset alone (`count` 1, `key` its own), or a cluster with its number and its worst member's standing. */
export interface Cluster {
  key: string;
  lon: number;
  lat: number;
  count: number;
  worst: Standing;
}

/** Members shown of a cluster; its number is always said. */
export const MAX_MEMBERS = 60;

interface Own {
  key: string;
  worst: number;
}

/**
 * Assets nearer to each other than `radius` px become one symbol. The map has one scale, so the index has one level, its
 * world as wide as the map's.
 */
export class Clusters {
  private readonly index: Supercluster<Own, { worst: number }>;
  private readonly found: Cluster[];

  /** @param pxPerDegree px a degree of longitude */
  constructor(placed: readonly Placed[], pxPerDegree: number, radius: number) {
    this.index = new Supercluster<Own, { worst: number }>({
      minZoom: 0,
      maxZoom: 0,
      radius,
      extent: 360 * pxPerDegree,
      map: ({ worst }) => ({ worst }),
      reduce: (into, from) => {
        into.worst = Math.max(into.worst, from.worst);
      },
    });
    this.index.load(
      placed.map(({ key, lon, lat, standing }) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [lon, lat] },
        properties: { key, worst: STANDINGS.indexOf(standing) },
      })),
    );
    this.found = this.index.getClusters([-180, -85, 180, 85], 0).map(({ geometry, properties }) => {
      const [lon = 0, lat = 0] = geometry.coordinates;
      const worst = STANDINGS[properties.worst] ?? 'none';
      return 'cluster' in properties
        ? { key: `cluster:${properties.cluster_id}`, lon, lat, count: properties.point_count, worst }
        : { key: properties.key, lon, lat, count: 1, worst };
    });
  }

  all(): readonly Cluster[] {
    return this.found;
  }

  /** Keys of a cluster's members, the worst first; the key itself of an asset that stands alone. */
  members(key: string): string[] {
    if (!key.startsWith('cluster:')) return [key];
    return this.index
      .getLeaves(Number(key.slice('cluster:'.length)), Number.POSITIVE_INFINITY)
      .sort((a, b) => b.properties.worst - a.properties.worst || (a.properties.key < b.properties.key ? -1 : 1))
      .slice(0, MAX_MEMBERS)
      .map(({ properties }) => properties.key);
  }
}
