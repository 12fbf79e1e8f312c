import type { DeskAlarm } from '@citywall/protocol';
import { computed, onMounted, onUnmounted, type Ref, ref, shallowRef, triggerRef, watch } from 'vue';
import { useWords } from '../composables/useWords.js';
import { drafts } from '../console/drafts.js';
import { useConsole } from '../console/session.js';
import { actsOf, type DeskAct, groupToAcknowledge, refusalOf } from './handling.js';
import { UNDO_MS, Undo } from './undo.js';
import { useDesk } from './useDesk.js';

/** A line of the list that can be acted on. */
export interface ActingRow {
  alarm: DeskAlarm;
  group: string;
  held: boolean;
  ended: boolean;
}

/**
 * What somebody does to the selected alarm: which acts there are, the question before some of them, and what can be taken back.
 * What waits to be taken back is made final when the page is left.
 * @param chosen the selected row @param alarms all rows that are visible
 */
export function useActing({ chosen, alarms }: { chosen: Ref<ActingRow | null>; alarms: Ref<readonly ActingRow[]> }) {
  const { say } = useWords();
  const seat = useConsole();
  const desk = useDesk();
  const dialog = ref<'shelve' | 'comment' | 'disable' | null>(null);
  const undo = shallowRef(new Undo());
  /** why the last key did nothing; null: it did, or there is nothing to say */
  const cannot = ref<ReturnType<typeof refusalOf>>(null);
  const clock = ref(Date.now());
  /** ms for which the last act can still be taken back */
  const left = computed(() => Math.max(0, UNDO_MS - (clock.value - (undo.value.current?.at ?? 0))));
  const acts = computed(() =>
    chosen.value === null || chosen.value.ended ? new Set<DeskAct['do']>() : actsOf(chosen.value.alarm, seat.may),
  );
  watch(
    () => chosen.value?.alarm.id,
    () => {
      cannot.value = null;
    },
  );

  const noteOf = (id: string) => ({ user: seat.user ?? '', kind: 'note', about: id });
  /** a note to what is selected was begun, and not sent */
  const drafted = computed(() => {
    const { id } = chosen.value?.alarm ?? {};
    // looked at again whenever a question is answered, or something was taken back
    void [dialog.value, undo.value.current, desk.handling];
    return id !== undefined && drafts.get(noteOf(id)) !== '';
  });
  /** another alarm to which a note was begun, as before a log-out that nobody wished for */
  const unfinished = computed<DeskAlarm | null>(() => {
    void [dialog.value, undo.value.current, desk.alarms];
    for (const id of drafts.abouts(seat.user ?? '', 'note')) {
      const alarm = desk.book.get(id);
      if (alarm !== undefined && id !== chosen.value?.alarm.id) return alarm;
    }
    return null;
  });
  const short = (alarm: DeskAlarm) => alarm.name ?? say(alarm.text);
  function offer(says: string, alarm: DeskAlarm, back: () => void, keep?: () => void) {
    undo.value.offer({ says, what: short(alarm), at: Date.now(), back, ...(keep ? { keep } : {}) });
    triggerRef(undo);
  }

  async function start(what: DeskAct['do']) {
    const alarm = chosen.value?.alarm;
    const done = alarm !== undefined && acts.value.has(what);
    // a key that is refused without a word is taken for one that was not heard
    cannot.value =
      done || !alarm || (what !== 'ack' && what !== 'shelve' && what !== 'comment')
        ? null
        : refusalOf(alarm, what, seat.may, chosen.value?.ended);
    if (!alarm || !done) return false;
    if (what === 'shelve' || what === 'comment' || what === 'disable') dialog.value = what;
    else await desk.act(alarm, { do: what } as DeskAct);
  }
  async function shelve(minutes: number, reason: string) {
    const alarm = chosen.value?.alarm;
    dialog.value = null;
    if (!alarm || !(await desk.act(alarm, { do: 'shelve', minutes, reason }))) return;
    offer('shelved', alarm, () => {
      const now = desk.book.get(alarm.id);
      if (now) void desk.act(now, { do: 'unshelve' });
    });
  }
  /** A remark goes to the server when it can no longer be taken back: what was said is never unsaid there. */
  function comment(text: string) {
    const alarm = chosen.value?.alarm;
    dialog.value = null;
    if (!alarm) return;
    offer(
      'commented',
      alarm,
      () => {},
      () =>
        void desk.act(alarm, { do: 'comment', text }).then((done) => {
          // nothing that somebody wrote is lost because nobody answered
          if (!done) drafts.put(noteOf(alarm.id), text);
        }),
    );
  }
  async function disable(what: Extract<DeskAct, { do: 'disable' }>) {
    const alarm = chosen.value?.alarm;
    dialog.value = null;
    if (alarm) await desk.act(alarm, what);
  }
  async function acknowledgeGroup() {
    const group = chosen.value?.group;
    if (group === undefined) return false;
    const members = groupToAcknowledge(
      alarms.value.flatMap((row) => (row.group === group && !row.held ? [row.alarm] : [])),
    );
    if (members.length === 0 || !seat.may.has('alarms.handle')) return false;
    await desk.acknowledgeMany(members);
  }
  function takeBack() {
    if (!undo.value.take()) return false;
    triggerRef(undo);
  }

  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    timer = setInterval(() => {
      clock.value = Date.now();
      if (undo.value.expire(clock.value)) triggerRef(undo);
    }, 500);
  });
  const settle = () => undo.value.settle();
  window.addEventListener('pagehide', settle);
  onUnmounted(() => {
    clearInterval(timer);
    window.removeEventListener('pagehide', settle);
    settle();
  });

  return {
    acts,
    cannot,
    dialog,
    undo,
    left,
    drafted,
    unfinished,
    start,
    shelve,
    comment,
    disable,
    acknowledgeGroup,
    takeBack,
  };
}
