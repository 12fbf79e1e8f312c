import { computed, type InjectionKey, inject, provide, type Ref, ref, shallowRef, watch } from 'vue';
import { chartBudget } from '../charts/budget.js';
import { useFrameMeter } from './frameMeter.js';
import { climb, LADDER_START, POWER_STEPS, type PowerStep } from './powerLadder.js';

const POWER: InjectionKey<Readonly<Ref<PowerStep>>> = Symbol('power');

/** ms between two drawings of one chart, by step. */
const CHART_EVERY: Record<PowerStep, number> = { 0: 1_000, 1: 1_000, 2: 3_000, 3: 5_000 };

export interface PowerOptions {
  /** `?power=0…3` holds the ladder there; else it is climbed by what is measured */
  pinned: number | null;
}

/** Follows the frames of this page up and down the ladder, and applies the step it is on. */
export function providePower({ pinned }: PowerOptions): {
  power: Readonly<Ref<PowerStep>>;
  calm: Ref<boolean>;
} {
  const ladder = shallowRef(LADDER_START);
  /** decoration paused by hand */
  const calm = ref(false);
  const held = POWER_STEPS.find((step) => step === pinned);
  const power = computed<PowerStep>(() => {
    const step = held ?? ladder.value.step;
    return calm.value && step === 0 ? 1 : step;
  });
  if (held === undefined) {
    useFrameMeter((fps) => {
      if (!document.hidden) ladder.value = climb(ladder.value, fps);
    });
  }
  watch(power, (step) => chartBudget.every(CHART_EVERY[step]), { immediate: true });
  provide(POWER, power);
  return { power, calm };
}

/** Step of the low-power ladder this display is on. @default 0 */
export function usePower(): Readonly<Ref<PowerStep>> {
  return inject(POWER, ref<PowerStep>(0));
}
