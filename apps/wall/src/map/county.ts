import countyText from '../../../../libs/packs/overview/map/county.geojson?raw';
import neighboursText from '../../../../libs/packs/overview/map/neighbours.geojson?raw';
import cellsText from '../../../../libs/packs/overview/map/towns.schematic.geojson?raw';
import { boundsOf, type Shape, shapesOf } from './geometry.js';

/** The county's outlines, bundled (they work offline); licences stand beside them in libs/packs/overview/map. */
export const COUNTY: Shape[] = shapesOf(JSON.parse(countyText));
/** 26 schematic cells, one a town. Not administrative boundaries: say 示意 wherever they are drawn. */
export const CELLS: Shape[] = shapesOf(JSON.parse(cellsText));
export const NEIGHBOURS: Shape[] = shapesOf(JSON.parse(neighboursText));
export const BOUNDS = boundsOf(COUNTY);
