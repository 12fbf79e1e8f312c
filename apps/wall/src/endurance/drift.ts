import { onBeforeUnmount, onMounted, type Ref } from 'vue';

const EVERY_MS = 180_000;

/** A ring of nine places, none more than 2 px from the middle, one px a step: nobody sees it move, no edge burns in. */
const PLACES = [
  [0, 0],
  [1, 0],
  [2, 1],
  [1, 2],
  [0, 1],
  [-1, 2],
  [-2, 1],
  [-1, 0],
  [0, -1],
] as const;

/** Shift in device-independent px at a time; every screen of a wall is at the same place, so that seams stay whole. */
export function driftAt(now: number): { x: number; y: number } {
  const [x, y] = PLACES[Math.floor(now / EVERY_MS) % PLACES.length]!;
  return { x, y };
}

/** Moves the whole root a little every few minutes against burn-in. */
export function useDrift(root: Readonly<Ref<HTMLElement | null>>, now: () => number, active: boolean): void {
  if (!active) return;
  let timer: ReturnType<typeof setInterval> | null = null;
  const place = () => {
    if (!root.value) return;
    const { x, y } = driftAt(now());
    // whole pixels: letters stay as sharp as they were
    root.value.style.translate = `${x}px ${y}px`;
  };
  onMounted(() => {
    place();
    timer = setInterval(place, 10_000);
  });
  onBeforeUnmount(() => {
    if (timer) clearInterval(timer);
  });
}
