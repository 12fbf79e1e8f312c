import type { SymbolName } from '../panels/map/panel.js';

/**
 * Symbols as paths around 0, 0 with a radius of 1, pointing north where they have a front; one source for SVG, canvas and
 * legend. Triangles and diamonds are left to alarms.
 */
const PATHS: Record<SymbolName, string> = {
  ring: 'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z',
  dot: 'M.7 0A.7 .7 0 1 1 -.7 0A.7 .7 0 1 1 .7 0Z',
  square: 'M-.85 -.85H.85V.85H-.85Z',
  hexagon: 'M0 -1L.87 -.5V.5L0 1L-.87 .5V-.5Z',
  cross: 'M-.32 -1H.32V-.32H1V.32H.32V1H-.32V.32H-1V-.32H-.32Z',
  arrow: 'M0 -1.25L.85 .95L0 .5L-.85 .95Z',
  boat: 'M0 -1.3C.6 -.7 .7 0 .55 1H-.55C-.7 0 -.6 -.7 0 -1.3Z',
};

export function symbolPath(symbol: SymbolName): string {
  return PATHS[symbol];
}

/** Symbols that have a front and turn with the heading. */
export function turns(symbol: SymbolName): boolean {
  return symbol === 'arrow' || symbol === 'boat';
}
