import { computed, type Ref } from 'vue';
import { useFactor } from './useFactor.js';
import { useSize } from './useSize.js';

/**
 * How many rows an element has room for: a small screen shows fewer rows, never smaller letters.
 * @param row height of a row in px at 1080p; never less than 22 px of the screen, a line of 14 px letters
 * @param head px at 1080p that are not for rows
 */
export function useRoom(element: Readonly<Ref<HTMLElement | null>>, row: number, head = 0): Readonly<Ref<number>> {
  const size = useSize(element);
  const factor = useFactor();
  return computed(() => {
    if (size.value.height === 0) return Number.POSITIVE_INFINITY;
    const free = size.value.height - Math.max(head * factor.value, head > 0 ? 22 : 0);
    return Math.max(1, Math.floor((free + 1) / Math.max(row * factor.value, 22)));
  });
}
