import { computed } from 'vue';
import { useWords } from '../../composables/useWords.js';
import { alarmLines, countsOf, isRed, unwatchedOf } from '../../panels/alarms/option.js';
import { summarise } from '../../readings/summary.js';
import { useDisplayStore } from '../../stores/display.js';

/** What the header knows of the alarms of all systems, wherever in it that is shown. */
export function useHeaderAlarms() {
  const store = useDisplayStore();
  const { lang } = useWords();
  const of = (role: 'alarms' | 'ended') => store.views[store.layout?.header?.[role] ?? -1]?.state.value;
  const state = computed(() => of('alarms'));
  const spec = computed(() => store.views[store.layout?.header?.alarms ?? -1]?.spec);
  const summary = computed(() => summarise(spec.value, state.value, store.now, store.heard));
  const silent = computed(() => summary.value.state === 'silent');
  const lines = computed(() => alarmLines(state.value, store.now, lang()));
  /** red, and nobody has acknowledged it; none where nobody knows */
  const red = computed(() =>
    store.head?.mode === 'tour' || silent.value || summary.value.error !== null ? [] : lines.value.filter(isRed),
  );
  return {
    summary,
    silent,
    lines,
    red,
    counts: computed(() => countsOf(state.value?.meta)),
    unwatched: computed(() => unwatchedOf(state.value?.meta)),
    ended: computed(() => of('ended')),
  };
}
