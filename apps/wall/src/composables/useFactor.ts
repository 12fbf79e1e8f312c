import { computed, type Ref } from 'vue';
import { useWindowSize } from './useWindowSize.js';

const DESIGN_HEIGHT = 1080;
/** narrower than this at 1080p, letters shrink with the width instead of colliding */
const NARROWEST = 1600;

/** Pixels of a screen per pixel of the 1080p drawing; the same rule as `:root { font-size }` in tokens.css. */
export function factorOf(width: number, height: number): number {
  return Math.min(height / DESIGN_HEIGHT, width / NARROWEST);
}

const screen = useWindowSize();
const factor = computed(() => factorOf(screen.value.width, screen.value.height));

/** One factor for the whole page. */
export function useFactor(): Readonly<Ref<number>> {
  return factor;
}
