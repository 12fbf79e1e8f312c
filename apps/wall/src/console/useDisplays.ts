import { onMounted, onUnmounted, ref, shallowRef } from 'vue';
import { askAll } from './api.js';
import { useConsole } from './session.js';
import { useFailure } from './useFailure.js';
import { usePoll } from './usePoll.js';

const EVERY_MS = 2_000;
const NAMES_EVERY_MS = 10_000;

export type DisplayItemState = 'live' | 'behind' | 'black' | 'silent' | 'gone';

/** A screen as `/api/v1/displays` answers it. */
export interface DisplayItem {
  id: string;
  state: DisplayItemState;
  why: string | null;
  address: string;
  paired: string | null;
  scene: string | null;
  connectedAt: string;
  lastSeenAt: string;
  instance: string;
  slow: boolean;
  skipped: number;
  namesakes: number;
  errors: number;
  rendered: {
    at: string;
    scene: string;
    seq: number;
    frameAt: string | null;
    latency: number | null;
    fps: number;
    heap: number | null;
    ready: boolean | null;
    panels: number | null;
    hidden: boolean;
    theme: string | null;
    language: string | null;
    size: { width: number; height: number; ratio: number } | null;
    power: number;
    page: string | null;
    loaded: { at: string; why: string } | null;
  } | null;
  trend: { step: number; heap: (number | null)[]; fps: number[] };
}

/** Least squares slope of equally spaced samples, a step; null for fewer than three. */
export function slopeOf(samples: readonly (number | null)[]): number | null {
  const known = samples.flatMap((y, x) => (y === null ? [] : [{ x, y }]));
  if (known.length < 3) return null;
  const mean = (pick: (one: { x: number; y: number }) => number) =>
    known.reduce((sum, one) => sum + pick(one), 0) / known.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const across = known.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  return known.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / across;
}

/** Points of a sparkline in a box of 100 × 100, and where its line breaks for want of a sample. */
export function sparkline(samples: readonly (number | null)[], floor = 0): string {
  const known = samples.filter((one) => one !== null);
  if (known.length < 2) return '';
  const top = Math.max(...known, floor + 1);
  const step = 100 / (samples.length - 1);
  let pen = 'M';
  const parts: string[] = [];
  for (const [place, one] of samples.entries()) {
    if (one === null) {
      pen = 'M';
      continue;
    }
    parts.push(`${pen}${(place * step).toFixed(1)} ${(100 - ((one - floor) / (top - floor)) * 100).toFixed(1)}`);
    pen = 'L';
  }
  return parts.join('');
}

/** All screens, asked for again every two seconds. */
export function useDisplays() {
  const seat = useConsole();
  const told = useFailure();
  const displays = shallowRef<DisplayItem[] | null>(null);
  const scenes = shallowRef<ReadonlyMap<string, { zh: string; en: string }>>(new Map());
  /** names the desk gave paired displays, by id */
  const names = shallowRef<ReadonlyMap<string, string>>(new Map());
  const failure = ref('');
  const now = ref(Date.now());

  usePoll(async () => {
    try {
      displays.value = await seat.heard(askAll<DisplayItem>('displays'));
      failure.value = '';
    } catch (error) {
      failure.value = told(error);
    }
  }, EVERY_MS);
  usePoll(async () => {
    // names of scenes are an addition: without them their ids stand there
    const list = await askAll<{ id: string; name: { zh: string; en: string } }>('scenes').catch(() => null);
    if (list) scenes.value = new Map(list.map(({ id, name }) => [id, name]));
  }, 60_000);
  usePoll(async () => {
    const list = await askAll<{ id: string; name: string }>('displays/paired').catch(() => null);
    if (list) names.value = new Map(list.map(({ id, name }) => [id, name]));
  }, NAMES_EVERY_MS);

  let ticking: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    ticking = setInterval(() => {
      now.value = Date.now();
    }, 1_000);
  });
  onUnmounted(() => clearInterval(ticking));
  return { displays, scenes, names, failure, now };
}
