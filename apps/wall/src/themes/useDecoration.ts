import { computed, type Ref } from 'vue';
import { useReducedMotion } from '../composables/useReducedMotion.js';
import { usePower } from '../endurance/usePower.js';
import { useTheme } from './useTheme.js';

/** Decoration of canvases and SVG, by the same rules as decoration.css. */
export function useDecoration(): { glow: Readonly<Ref<boolean>>; motion: Readonly<Ref<boolean>> } {
  const theme = useTheme();
  const power = usePower();
  const reduced = useReducedMotion();
  const glow = computed(() => theme.value === 'show' && power.value === 0);
  return { glow, motion: computed(() => glow.value && !reduced.value) };
}
