import type { AlarmLimit } from '@citywall/model';
import type { DeskAlarm } from '@citywall/protocol';
import { onMounted, onUnmounted, type Ref, shallowRef, watch } from 'vue';
import { ask } from '../console/api.js';

/** Newest value of the judged metric, as `/api/v1/assets/{id}` answers. Times are Unix ms. */
export interface Newest {
  at: number;
  receivedAt: number;
  quality: string;
  /** of a state: the words of the value */
  word: { zh: string; en: string } | null;
}
export interface TrendPoint {
  at: number;
  value: number;
}
export interface RuleLimit extends AlarmLimit {
  rule: string;
  metric: string;
  priority: 1 | 2 | 3 | 4;
}
/** What the desk asks the server about the selected alarm; null: not answered (yet), or there is none. */
export interface AlarmFacts {
  newest: Newest | null;
  trend: TrendPoint[] | null;
  limits: RuleLimit[];
  /** history of the alarm, oldest first; null: not known */
  history: AlarmEntry[] | null;
}
/** One thing that happened to the alarm. */
export interface AlarmEntry {
  kind: string;
  at: number;
  by: string | null;
  note: string | null;
  priority: 1 | 2 | 3 | 4;
}

const EVERY_MS = 5_000;
/** Length of the trend, ms. */
export const TREND_MS = 60 * 60_000;
const NOTHING: AlarmFacts = { newest: null, trend: null, limits: [], history: null };

interface ToldAlarm {
  history?: { kind: string; at: string; by?: string | null; note?: string | null; priority?: 1 | 2 | 3 | 4 }[];
}
interface AssetAnswer {
  metrics: Record<
    string,
    {
      value: unknown;
      states: Record<string, { zh: string; en: string }> | null;
      at: string;
      receivedAt: string;
      quality: string;
    }
  >;
}

/** Facts about whichever alarm is selected, asked for again while it stays so. */
export function useAlarmFacts(alarm: Ref<DeskAlarm | null>): Ref<AlarmFacts> {
  const facts = shallowRef<AlarmFacts>(NOTHING);
  /** version of the alarm whose history is known */
  let read: number | null = null;
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(mine: number): Promise<void> {
    const one = alarm.value;
    if (one === null) return;
    const asset = one.asset === null || one.metric === undefined ? null : encodeURIComponent(one.asset);
    const from = new Date(Date.now() - TREND_MS).toISOString();
    const none = () => null;
    // what happened to it changes with its version; a long journal is not read again for nothing
    const version = one.version;
    const [answer, series, limits, told] = await Promise.all([
      asset && ask<AssetAnswer>(`assets/${asset}`).catch(none),
      asset &&
        ask<{ points: { at: string; last: number }[] }>(
          `assets/${asset}/series/${encodeURIComponent(one.metric ?? '')}?from=${encodeURIComponent(from)}&step=1m`,
        ).catch(none),
      asset && ask<{ items: RuleLimit[] }>(`assets/${asset}/limits`).catch(none),
      read === version ? undefined : ask<ToldAlarm>(`alarms/${encodeURIComponent(one.id)}`).catch(none),
    ]);
    if (mine !== turn) return;
    if (told) read = version;
    facts.value = factsAfter(facts.value, {
      newest: answer ? newestOf(answer, one.metric ?? '') : undefined,
      trend: series ? series.points.map(({ at, last }) => ({ at: Date.parse(at), value: last })) : undefined,
      limits: limits ? limits.items.filter(({ metric }) => metric === one.metric) : undefined,
      history: told ? historyOf(told, one.priority) : undefined,
    });
  }

  function begin(): void {
    clearTimeout(timer);
    const mine = ++turn;
    const again = () =>
      load(mine).finally(() => {
        if (mine === turn && alarm.value !== null) timer = setTimeout(again, EVERY_MS);
      });
    void again();
  }

  watch(
    () => alarm.value?.id,
    () => {
      facts.value = NOTHING;
      read = null;
      begin();
    },
  );
  // what somebody did to it is part of its history
  watch(() => alarm.value?.version, begin);
  onMounted(begin);
  onUnmounted(() => {
    turn += 1;
    clearTimeout(timer);
  });
  return facts;
}

/** What was not answered stays as it was last heard: that the link is lost is said above, and is no reason to know less. */
export function factsAfter(
  before: AlarmFacts,
  heard: { [Key in keyof AlarmFacts]: AlarmFacts[Key] | undefined },
): AlarmFacts {
  return {
    newest: heard.newest === undefined ? before.newest : heard.newest,
    trend: heard.trend ?? before.trend,
    limits: heard.limits ?? before.limits,
    history: heard.history ?? before.history,
  };
}

function historyOf(told: ToldAlarm, priority: AlarmEntry['priority']): AlarmEntry[] | null {
  // newest first there, in the order of life here
  const entries = told.history?.toReversed().map((one) => ({
    kind: one.kind,
    at: Date.parse(one.at),
    by: one.by ?? null,
    note: one.note ?? null,
    priority: one.priority ?? priority,
  }));
  return entries ?? null;
}

function newestOf(answer: AssetAnswer, metric: string): Newest | null {
  const found = answer.metrics[metric];
  if (found === undefined) return null;
  const { at, receivedAt, quality, states, value } = found;
  return { at: Date.parse(at), receivedAt: Date.parse(receivedAt), quality, word: states?.[String(value)] ?? null };
}
