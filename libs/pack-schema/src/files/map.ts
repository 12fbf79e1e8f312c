import { z } from 'zod';
import { entry, entryId, words } from '../common.js';

export const IMPORT_STYLES = ['river', 'road', 'railway', 'boundary', 'area', 'places'] as const;

const degrees = z.number().min(-180).max(180);

export const mapLayerEntry = entry({
  id: entryId,
  name: words,
  style: z.enum(IMPORT_STYLES).meta({ description: 'How it is drawn; colours and widths are those of the wall.' }),
  file: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\.geojson$/, 'expected the name of a .geojson file in the folder map/')
    .exactOptional()
    .meta({ description: 'GeoJSON in the folder `map/` of this pack; without it the legend says 未导入.' }),
  source: z.string().min(1).exactOptional().meta({ description: 'Who surveyed it, and when; shown in the footer.' }),
  licence: z.string().min(1).exactOptional().meta({ description: 'On what terms it is shown; in the footer as well.' }),
  datum: z
    .string()
    .exactOptional()
    .meta({ description: 'WGS-84, CGCS2000, GCJ-02 or BD-09 (also as vendors write them); converted to WGS-84.' }),
  bounds: z
    .tuple([degrees, degrees, degrees, degrees])
    .exactOptional()
    .meta({ description: '[west, south, east, north]; a position outside is a problem: swapped axes, wrong datum.' }),
}).meta({ description: 'Lines, areas or places an operator supplies. Nothing is drawn that nobody surveyed.' });

/** map.yaml */
export const mapFile = entry({ layers: z.array(mapLayerEntry) }).meta({
  title: 'map.yaml',
  description: 'Layers of the map that an operator imports as GeoJSON.',
});

export type MapLayerEntry = z.output<typeof mapLayerEntry>;

const position = z.array(z.number()).min(2);
const geometry = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('Point'), coordinates: position }),
  z.looseObject({ type: z.literal('MultiPoint'), coordinates: z.array(position) }),
  z.looseObject({ type: z.literal('LineString'), coordinates: z.array(position).min(2) }),
  z.looseObject({ type: z.literal('MultiLineString'), coordinates: z.array(z.array(position).min(2)) }),
  z.looseObject({ type: z.literal('Polygon'), coordinates: z.array(z.array(position).min(4)) }),
  z.looseObject({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(z.array(position).min(4))) }),
]);
export const importedFeature = z.looseObject({ type: z.literal('Feature'), geometry });
export type ImportedGeometry = z.output<typeof geometry>;
