import { type Ref, readonly, shallowRef } from 'vue';

interface WindowSize {
  /** CSS px */
  width: number;
  height: number;
}

const inner = (): WindowSize =>
  typeof window === 'undefined'
    ? { width: 1920, height: 1080 }
    : { width: window.innerWidth, height: window.innerHeight };

const size = shallowRef(inner());
if (typeof window !== 'undefined') {
  window.addEventListener('resize', () => {
    size.value = inner();
  });
}

/** The window's inner size: one listener for the whole page, as long as the page lives. */
export function useWindowSize(): Readonly<Ref<WindowSize>> {
  return readonly(size);
}
