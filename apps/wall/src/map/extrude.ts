import type { Polygons, Projection } from './geometry.js';

/**
 * The side of a body that stands on the map and is seen at an angle: every edge drawn down by `depth`. Filled as one path
 * (nonzero) it is the side and the ground together; the county is drawn over it.
 */
export function sidePath(polygons: Polygons, project: Projection, depth: number): string {
  return polygons
    .flatMap((polygon) => polygon.slice(0, 1))
    .flatMap((ring) => {
      const corners = ring.map(([lon, lat]) => project(lon, lat));
      return corners.slice(1).map((corner, i) => {
        const [ax, ay] = corners[i]!;
        const [bx, by] = corner;
        // always the same way round, or neighbouring sides would cut holes into each other
        const [x0, y0, x1, y1] = ax <= bx ? [ax, ay, bx, by] : [bx, by, ax, ay];
        const n = (value: number) => value.toFixed(1);
        return `M${n(x0)} ${n(y0)}L${n(x1)} ${n(y1)}L${n(x1)} ${n(y1 + depth)}L${n(x0)} ${n(y0 + depth)}Z`;
      });
    })
    .join('');
}
