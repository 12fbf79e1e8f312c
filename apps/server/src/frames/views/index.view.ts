import { measureScore, type Scored, shares, weighted } from '@citywall/aggregate';
import { mergeOrigin, type Origin } from '@citywall/model';
import { type IndexMeasure, type IndexPart, type IndexRow, type MeasureRow, stateOf } from '@citywall/protocol';
import { closeAll, type ViewContext } from './evaluator.js';
import { InnerView, isConnected, type OuterView, type Taken, taken } from './measure.js';

const EVERY_MS = 1_000;

interface Measuring {
  measure: IndexMeasure;
  inner: InnerView;
  connected: () => boolean;
}

/**
 * One index over weighted parts, `score` in meta; `fresh` of `total` there are the measures that stand, of those whose system
 * is connected. Row key: id of the part. Worked out once a second.
 */
export const indexView: OuterView<'index'> = (make, systemsOf) => (spec, context, dirty) => {
  const parts = spec.parts.map((part) => ({
    part,
    measuring: part.measures.map(
      (measure): Measuring => ({
        measure,
        inner: new InnerView(make, measure.view, context, dirty),
        connected: () => isConnected(context, systemsOf(measure.view)),
      }),
    ),
  }));
  const inners = parts.flatMap(({ measuring }) => measuring.map(({ inner }) => inner));
  return {
    interval: EVERY_MS,
    evaluate(now) {
      const found = parts.map(({ part, measuring }) => partOf(part, measuring, spec.atLeast, now));
      const whole = weighted(found, spec.atLeast);
      const share = shares(found);
      const rows = found.map(({ part, scored, measures, origin }, i): [string, IndexRow] => [
        part.id,
        { name: part.name, share: share[i] ?? 0, ...scored, coverage: percent(scored.coverage), measures, origin },
      ]);
      const connected = found.flatMap(({ measures }) => measures.filter(({ state }) => state !== 'unconnected'));
      const loaded = loading(context);
      return {
        state: stateOf(rows, {
          score: whole.score,
          coverage: percent(whole.coverage),
          fresh: connected.filter(({ state }) => state === 'shown').length,
          total: connected.length,
          // its figures are of now: none is older than its members may be
          oldestAt: whole.state === 'waiting' || whole.state === 'unconnected' ? null : now - (now % EVERY_MS),
          origin: rows.reduce<Origin>((worst, [, row]) => mergeOrigin(worst, row.origin), 'live'),
          ...loaded,
        }),
        until: now + EVERY_MS,
      };
    },
    close: closeAll(inners.map((inner) => () => inner.close())),
  };
};

interface PartFound {
  part: IndexPart;
  weight: number;
  scored: Scored;
  measures: MeasureRow[];
  origin: Origin;
}

function partOf(part: IndexPart, measuring: readonly Measuring[], atLeast: number, now: number): PartFound {
  const found = measuring.map(({ measure, inner, connected }) => {
    const figure = taken(measure.view, measure.take, inner.evaluate(now).state, connected());
    return { measure, figure, weight: measure.weight, scored: measureScore(figure, measure.score, atLeast) };
  });
  return {
    part,
    weight: part.weight,
    scored: weighted(found, atLeast),
    measures: found.map(({ measure, figure, scored }) => measureRow(measure, figure, scored)),
    origin: found.reduce<Origin>((worst, { figure }) => mergeOrigin(worst, figure.origin), 'live'),
  };
}

function measureRow(measure: IndexMeasure, figure: Taken, scored: Scored): MeasureRow {
  const { id, name, unit, decimals } = measure;
  return {
    id,
    name,
    ...(unit === undefined ? {} : { unit }),
    ...(decimals === undefined ? {} : { decimals }),
    state: scored.state,
    value: scored.state === 'waiting' || scored.state === 'unconnected' ? null : rounded(figure.value, decimals ?? 0),
    score: scored.score,
    fresh: figure.fresh,
    total: figure.total,
    ...(figure.asset === undefined ? {} : { asset: figure.asset }),
    ...(figure.place === undefined ? {} : { place: figure.place }),
  };
}

/** As it is shown: digits nobody sees would be sent every second. */
function rounded(value: number | null, decimals: number): number | null {
  return value === null ? null : Number(value.toFixed(decimals));
}

const percent = (share: number): number => Math.round(share * 100) / 100;

/** Meta that says that none of the systems was read yet. */
function loading(context: ViewContext): { error?: string } {
  const mirrors = context.systems().map((system) => context.mirror(system));
  return mirrors.length > 0 && mirrors.every(({ loaded }) => !loaded) ? { error: 'not-loaded' } : {};
}
