import { wgs84ToGcj02 } from '@citywall/geo';
import { parsePack, showProblem } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';

const PACK = `id: water
name: { zh: 水利, en: Water }
order: 1
assetTypes: {}
`;
const DECLARED = `layers:
  - id: rivers
    name: { zh: 河流, en: Rivers }
    style: river
    bounds: [107, 29.9, 107.9, 30.7]
`;
const SITE = `layers:
  - id: rivers
    file: rivers.geojson
    source: 县水利局 2025
    licence: 内部使用
    datum: GCJ-02
`;
const river = (...line: number[][]) =>
  JSON.stringify(
    {
      type: 'FeatureCollection',
      features: [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: line } }],
    },
    null,
    1,
  );

function parse(site?: Record<string, string>) {
  const builtin = new Map([
    ['pack.yaml', PACK],
    ['map.yaml', DECLARED],
  ]);
  const layers = [{ root: 'packs/water', files: builtin }];
  if (site) layers.push({ root: 'site/water', files: new Map(Object.entries(site)) });
  return parsePack(layers, new Map(), { id: 'water' });
}
const problems = (site: Record<string, string>) => parse(site).problems.map(showProblem);

describe('map.yaml', () => {
  it('declares layers without a file: nothing is imported', () => {
    const { pack, problems: wrong } = parse();
    expect(wrong).toEqual([]);
    expect(pack?.mapLayers).toEqual([{ id: 'rivers', name: { zh: '河流', en: 'Rivers' }, style: 'river' }]);
  });

  it('takes a file from the site folder and converts it to WGS-84', () => {
    const gcj = wgs84ToGcj02(107.35, 30.33);
    const { pack, problems: wrong } = parse({
      'map.yaml': SITE,
      'map/rivers.geojson': river([gcj.lon, gcj.lat], [107.4, 30.4]),
    });
    expect(wrong).toEqual([]);
    const [layer] = pack?.mapLayers ?? [];
    expect(layer).toMatchObject({ source: '县水利局 2025', licence: '内部使用', datum: 'GCJ02', style: 'river' });
    expect(layer?.version).toMatch(/^[0-9a-f]{16}$/);
    const [line] = layer?.geometries ?? [];
    expect(line).toMatchObject({ type: 'LineString', coordinates: [[107.35, 30.33], expect.anything()] });
  });

  it('says at its line what is outside, in no degrees, or not GeoJSON', () => {
    expect(problems({ 'map.yaml': SITE, 'map/rivers.geojson': river([107.4, 30.4], [30.4, 107.4]) })).toEqual([
      expect.stringMatching(/^site\/water\/map\/rivers\.geojson:\d+:\d+ \[30\.4, 107\.4\] is no place in degrees/),
    ]);
    expect(problems({ 'map.yaml': SITE, 'map/rivers.geojson': river([107.4, 30.4], [110, 30.4]) })).toEqual([
      expect.stringMatching(/rivers\.geojson:\d+:\d+ \[110, 30\.4\] lies outside the bounds/),
    ]);
    expect(problems({ 'map.yaml': SITE, 'map/rivers.geojson': '{"type":"Topology"}' })).toEqual([
      expect.stringContaining('expected a GeoJSON FeatureCollection'),
    ]);
    expect(problems({ 'map.yaml': SITE, 'map/rivers.geojson': river([107.4, 30.4]) })).toHaveLength(1);
  });

  it('takes no file without source, licence and datum, and none that is not there', () => {
    const bare = 'layers:\n  - id: rivers\n    file: rivers.geojson\n';
    const found = problems({ 'map.yaml': bare, 'map/rivers.geojson': river([107.4, 30.4], [107.5, 30.4]) });
    expect(found).toHaveLength(3);
    for (const [i, what] of ['datum', 'licence', 'source'].entries())
      expect(found.toSorted()[i]).toContain(`its ${what}`);
    expect(problems({ 'map.yaml': SITE })).toEqual([
      expect.stringMatching(/^site\/water\/map\.yaml:3:11 there is no map\/rivers\.geojson in this pack/),
    ]);
    expect(
      problems({
        'map.yaml': SITE.replace('GCJ-02', 'Xian-80'),
        'map/rivers.geojson': river([107.4, 30.4], [107.5, 30.4]),
      }),
    ).toEqual([expect.stringContaining('unknown datum "Xian-80"')]);
  });
});
