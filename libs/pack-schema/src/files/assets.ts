import { isAssetKey, isAssetType } from '@citywall/model';
import { z } from 'zod';

const typeKey = z.string().refine((text) => {
  const slash = text.indexOf('/');
  return slash > 0 && isAssetType(text.slice(0, slash)) && isAssetKey(text.slice(slash + 1));
}, 'expected type/key, like reservoir/60711250');

const degrees = (bound: number) => {
  const message = `coordinates are [lon, lat] in degrees, this one is within ±${bound}`;
  return z.number().min(-bound, message).max(bound, message);
};

/** GeoJSON is open where the format is open: other members (`bbox`, `crs` …) are kept out of the way, not refused. */
export const assetFeature = z
  .looseObject({
    type: z.literal('Feature'),
    id: typeKey.meta({ description: 'type/key' }),
    geometry: z.union([
      z.looseObject({
        type: z.literal('Point'),
        coordinates: z.tuple([degrees(180), degrees(90)]).rest(z.number()),
      }),
      z.null(),
    ]),
    properties: z
      .object({
        name: z.string().min(1),
        extId: z.union([z.string(), z.number()]).exactOptional(),
        placement: z.enum(['surveyed', 'schematic']).exactOptional(),
        inService: z.boolean().exactOptional(),
      })
      .catchall(z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ description: 'One asset: a point in WGS-84, or no place (geometry: null).' });

/** assets.geojson */
export const assetsFile = z
  .looseObject({ type: z.literal('FeatureCollection'), features: z.array(assetFeature) })
  .meta({ title: 'assets.geojson', description: 'Declared assets. Other properties become attributes.' });

export type AssetFeature = z.output<typeof assetFeature>;
