import type { Words } from '@citywall/model';
import { computed, onMounted, onUnmounted, ref, shallowRef } from 'vue';
import { ask } from '../api.js';
import { useConsole } from '../session.js';
import { useFailure } from '../useFailure.js';
import { usePoll } from '../usePoll.js';

const EVERY_MS = 1_000;
const MINUTE_MS = 60_000;

export interface Mark {
  at: number;
  zh: string;
  en: string;
}

export interface ScenarioItem {
  id: string;
  name: Words;
  story: Words;
  from: number;
  until: number;
  marks: Mark[];
  systems: { id: string; name: Words | null; parts: number }[];
  faults: { from: number; until: number; kind: string; of: string }[];
}

export interface FaultItem {
  id: string;
  kind: string;
  of: string;
  assets: string[] | null;
  since: string;
  until: string | null;
}

export interface SystemItem {
  id: string;
  name: Words;
  rate: number;
  sources: string[];
}

/** The simulator as `/api/v1/simulator` answers it. */
export interface SimulatorItem {
  publishing: boolean;
  connected: boolean;
  speed: number;
  paused: boolean;
  seed: string;
  at: string;
  moment: string;
  story: { scenario: string; minute: number; startedAt: string } | null;
  scenarios: ScenarioItem[];
  faults: FaultItem[];
  systems: SystemItem[];
}

/** `T+35`, `T−40` */
export function storyTime(minute: number): string {
  const whole = Math.trunc(minute);
  return `T${minute < 0 ? '−' : '+'}${Math.abs(whole)}`;
}

/** The simulator, asked for again every second; its clock and its story go on between two answers. */
export function useSimulator() {
  const seat = useConsole();
  const told = useFailure();
  const simulator = shallowRef<SimulatorItem | null>(null);
  const failure = ref('');
  const busy = ref(false);
  const heardAt = ref(0);
  const now = ref(Date.now());

  const take = (item: SimulatorItem) => {
    simulator.value = item;
    heardAt.value = Date.now();
    now.value = heardAt.value;
    seat.simulated = true;
  };

  const poll = usePoll(async () => {
    try {
      const item = await seat.heard(ask<SimulatorItem>('simulator'));
      // an answer that was asked for before a command tells how it was before it
      if (!busy.value) take(item);
      failure.value = '';
    } catch (error) {
      failure.value = told(error);
    }
  }, EVERY_MS);

  /** Gives a command; what it led to is shown at once. */
  async function command(path: string, options: { method?: 'POST' | 'PUT' | 'DELETE'; body?: unknown } = {}) {
    busy.value = true;
    try {
      take(await seat.heard(ask<SimulatorItem>(`simulator${path}`, { method: 'POST', ...options })));
      failure.value = '';
      return true;
    } catch (error) {
      failure.value = told(error);
      return false;
    } finally {
      busy.value = false;
      void poll.now();
    }
  }

  const since = computed(() => Math.max(now.value - heardAt.value, 0));
  const pace = computed(() => (simulator.value?.paused ? 1 : (simulator.value?.speed ?? 1)));
  /** minute of the story; null: nothing runs */
  const minute = computed(() => {
    const item = simulator.value;
    if (!item?.story) return null;
    const spec = item.scenarios.find(({ id }) => id === item.story?.scenario);
    const gone = item.paused ? 0 : (since.value * pace.value) / MINUTE_MS;
    return Math.min(item.story.minute + gone, spec?.until ?? Number.POSITIVE_INFINITY);
  });
  /** Unix ms of the city's own clock */
  const moment = computed(() =>
    simulator.value ? Date.parse(simulator.value.moment) + since.value * pace.value : now.value,
  );

  let ticking: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    ticking = setInterval(() => {
      now.value = Date.now();
    }, 200);
  });
  onUnmounted(() => clearInterval(ticking));
  return { simulator, failure, busy, now, minute, moment, command };
}
