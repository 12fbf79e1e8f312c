import { assembleSeries, firstSlot } from '@citywall/aggregate';
import { ORIGINS, parseAssetId } from '@citywall/model';
import { stateOf, type ViewMeta } from '@citywall/protocol';
import type { Window } from '../../state/index.js';
import { closeAll, type EvaluatorOf, loadMeta } from './evaluator.js';
import { Summing, valueRow } from './rows.js';

/** ms between two looks at the newest windows. */
export const REFRESH_EVERY_MS = 1_000;
/** ms between two looks at all of them: readings that came late changed older ones without being the newest value. */
export const RELOAD_EVERY_MS = 60_000;
/** Reason in `meta.error` while windows were never read. */
export const NO_HISTORY = 'history-unavailable';

/**
 * Windows of one series. They are read from state, so that what the line shows is what `GET …/series` answers; a new
 * value asks for the newest two slots again. Row key: the slot's start in ms.
 */
export const seriesView: EvaluatorOf<'series'> = (spec, context, dirty) => {
  const parts = parseAssetId(spec.asset) ?? { system: '', type: '', key: '' };
  const mirror = context.mirror(parts.system);
  const table = mirror.table(parts.type);
  const column = table.column(spec.metric);
  const windows = new Map<number, Window>();
  let loadedAt: number | null = null;
  let startedAt = Number.NEGATIVE_INFINITY;
  let reading = false;
  let wanted = true;
  let closed = false;
  let failed = false;
  let cancel: (() => void) | undefined;
  let announce: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    announce = resolve;
  });

  /** Asks for a read, at most one a second. */
  function want(): void {
    wanted = true;
    if (closed || reading || cancel) return;
    const wait = startedAt + REFRESH_EVERY_MS - context.clock.now();
    if (wait <= 0) void read();
    else {
      cancel = context.clock.after(wait, () => {
        cancel = undefined;
        void read();
      });
    }
  }

  async function read(): Promise<void> {
    const now = context.clock.now();
    const all = loadedAt === null || now - loadedAt >= RELOAD_EVERY_MS;
    const first = firstSlot(now, spec.window, spec.step);
    const newest = Math.floor(now / spec.step) * spec.step;
    const from = all ? first : Math.max(first, newest - spec.step);
    startedAt = now;
    reading = true;
    wanted = false;
    try {
      const found = await context.windows(spec.asset, spec.metric, from, newest + spec.step, spec.step);
      for (const at of windows.keys()) if (at >= from || at < first) windows.delete(at);
      for (const window of found) windows.set(window.at, window);
      if (all) loadedAt = now;
      failed = false;
    } catch {
      // Redis is gone (its own notice says so): what was read stays, and it is asked again.
      failed = true;
      wanted = true;
    }
    reading = false;
    if (closed) return;
    announce();
    dirty();
    if (wanted) want();
  }

  const ends = closeAll([
    table.watch((entry) => entry.asset.id === spec.asset && want()),
    column.watch((index) => table.entries[index]?.asset.id === spec.asset && want()),
  ]);
  want();
  return {
    interval: 500,
    ready,
    evaluate(now) {
      if (loadedAt !== null && now - loadedAt >= RELOAD_EVERY_MS) want();
      const points = assembleSeries(windows.values(), spec, now);
      return { state: stateOf(points, meta(now)), until: nextLook(now) };
    },
    close() {
      closed = true;
      cancel?.();
      announce();
      ends();
    },
  };

  function meta(now: number): ViewMeta {
    const sum = new Summing();
    const entry = table.find(spec.asset);
    const row = entry && column.rows[entry.index];
    if (entry) sum.add(valueRow(entry, spec.metric, column, row), true, now);
    return {
      ...sum.meta(column.metric),
      total: 1,
      origin: ORIGINS[row?.[6] ?? 0] ?? 'live',
      ...loadMeta(mirror),
      ...(failed && loadedAt === null ? { error: NO_HISTORY } : {}),
    };
  }

  /** The next slot begins, or all windows are due again. */
  function nextLook(now: number): number {
    const nextSlot = (Math.floor(now / spec.step) + 1) * spec.step;
    return loadedAt === null ? nextSlot : Math.min(nextSlot, Math.max(now + 1, loadedAt + RELOAD_EVERY_MS));
  }
};
