import { type Ref, readonly, ref } from 'vue';

const DESIGN_HEIGHT = 1080;
/** narrower than this at 1080p, letters shrink with the width instead of colliding */
const NARROWEST = 1600;

/** Pixels of a screen per pixel of the 1080p drawing; the same rule as `:root { font-size }` in tokens.css. */
export function factorOf(width: number, height: number): number {
  return Math.min(height / DESIGN_HEIGHT, width / NARROWEST);
}

const factor = ref(typeof window === 'undefined' ? 1 : factorOf(window.innerWidth, window.innerHeight));
if (typeof window !== 'undefined') {
  window.addEventListener('resize', () => {
    factor.value = factorOf(window.innerWidth, window.innerHeight);
  });
}

/** One factor for the whole page. */
export function useFactor(): Readonly<Ref<number>> {
  return readonly(factor);
}
