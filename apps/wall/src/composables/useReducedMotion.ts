import { type Ref, readonly, shallowRef } from 'vue';

const asked =
  typeof window === 'undefined' || !window.matchMedia ? null : matchMedia('(prefers-reduced-motion: reduce)');
const reduced = shallowRef(asked?.matches ?? false);
asked?.addEventListener('change', ({ matches }) => {
  reduced.value = matches;
});

/** Whether the computer is set to reduce motion: one listener for the whole page, as long as the page lives. */
export function useReducedMotion(): Readonly<Ref<boolean>> {
  return readonly(reduced);
}
