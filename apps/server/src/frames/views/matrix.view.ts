import { assembleSeries, slotsOf } from '@citywall/aggregate';
import { mergeOrigin, type Origin, parseAssetId } from '@citywall/model';
import { type SeriesRow, stateOf } from '@citywall/protocol';
import type { SystemMirror } from '../mirror/system-mirror.js';
import { closeAll, type EvaluatorOf, loadMeta } from './evaluator.js';
import { NO_HISTORY, WindowReader } from './window-reader.js';

/** Most assets of one matrix: each is a read of its own. */
export const MAX_MATRIX_ASSETS = 60;
/** ms between two looks at an asset's newest cells. */
const REFRESH_EVERY_MS = 10_000;
/** ms between two looks at all cells of an asset. */
const RELOAD_ALL_EVERY_MS = 300_000;
/** What a platform tells of the time before it was connected comes in the first seconds, often after a display has asked. */
const RELOAD_FIRST_MS = 15_000;

interface Member {
  id: string;
  reader: WindowReader;
  end: () => void;
}

/**
 * Windows of one metric of several assets. Row key: `asset|slot`, assets in the order they are named (or known). Who they
 * are and how old they are is what a latest view over the same assets says.
 */
export const matrixView: EvaluatorOf<'matrix'> = (spec, context, dirty) => {
  const [system = '', type = ''] = (spec.type ?? spec.assets?.[0] ?? '').split('/');
  const mirror = context.mirror(system);
  const members = new Map<string, Member>();
  let announce: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    announce = resolve;
  });

  function add(id: string): void {
    const parts = parseAssetId(id);
    if (!parts || members.has(id) || members.size >= MAX_MATRIX_ASSETS) return;
    const table = context.mirror(parts.system).table(parts.type);
    const column = table.column(spec.metric);
    const reader = new WindowReader(
      context,
      {
        asset: id,
        metric: spec.metric,
        step: spec.step,
        range: (now) => slotsOf(spec, now),
        refreshEvery: REFRESH_EVERY_MS,
        reloadEvery: RELOAD_ALL_EVERY_MS,
        reloadFirst: RELOAD_FIRST_MS,
      },
      dirty,
    );
    let mine = table.find(id);
    const end = closeAll([
      table.watch(() => {
        mine ??= table.find(id);
      }),
      column.watch((index) => index === mine && reader.want()),
    ]);
    members.set(id, { id, reader, end });
    reader.want();
  }

  const table = spec.assets ? null : mirror.table(type);
  const addKnown = () => {
    for (let index = 0; table && index < table.size && members.size < MAX_MATRIX_ASSETS; index++) {
      if (table.inService(index)) add(table.id(index));
    }
  };
  for (const id of spec.assets ?? []) add(id);
  addKnown();
  void Promise.all([...members.values()].map(({ reader }) => reader.ready)).then(announce);
  const end =
    table?.watch(() => {
      addKnown();
      dirty();
    }) ?? (() => {});

  return {
    interval: 1_000,
    ready,
    evaluate(now) {
      const rows: [string, SeriesRow][] = [];
      let until = (Math.floor(now / spec.step) + 1) * spec.step;
      let unavailable = members.size > 0;
      for (const { id, reader } of members.values()) {
        until = Math.min(until, reader.keepUp(now));
        unavailable &&= reader.unavailable;
        for (const [slot, row] of assembleSeries(reader.values(), spec, now)) rows.push([`${id}|${slot}`, row]);
      }
      const metric = mirror.table(type).column(spec.metric).metric;
      return {
        state: stateOf(rows, {
          ...(metric?.unit === undefined ? {} : { unit: metric.unit }),
          ...(metric?.decimals === undefined ? {} : { decimals: metric.decimals }),
          origin: originOf(members.keys(), spec.metric, context.mirror),
          ...loadMeta(mirror),
          ...(unavailable ? { error: NO_HISTORY } : {}),
        }),
        until,
      };
    },
    close() {
      end();
      announce();
      for (const member of members.values()) member.reader.close();
      closeAll([...members.values()].map((member) => member.end))();
    },
  };
};

/** Worst origin of the members' newest values. */
function originOf(ids: Iterable<string>, metric: string, mirrorOf: (system: string) => SystemMirror): Origin {
  let origin: Origin = 'live';
  for (const id of ids) {
    const parts = parseAssetId(id);
    const table = parts && mirrorOf(parts.system).table(parts.type);
    const index = table?.find(id);
    const mark = index === undefined ? undefined : table?.column(metric).mark(index);
    if (mark) origin = mergeOrigin(origin, mark.origin);
  }
  return origin;
}
