/**
 * Which tiles play. Decoding is dear and a browser opens six connections to one server: at most `most` tiles play, the others
 * show their last picture and take turns. A pure step: the same past, wishes and time give the same plan.
 */
export interface Wish {
  id: string;
  /** on the screen of a visible page, with a stream, and not waiting to try again */
  able: boolean;
  /** plays whenever it is able */
  focus: boolean;
}

export interface BudgetLimits {
  most: number;
  /** ms a tile plays before one that waits may have its place */
  dwell: number;
}

/** A tile nobody has seen yet waits no longer than this, ms: a first picture of every camera comes before anybody's full turn. */
const FIRST_LOOK = 5_000;

export interface Plan {
  /** tiles that play, with the moment they began */
  playing: ReadonlyMap<string, number>;
  /** moment a tile played last; only tiles that do not play now */
  rested: ReadonlyMap<string, number>;
  /** moment of the last change of turns */
  turnedAt: number;
}

export const IDLE: Plan = { playing: new Map(), rested: new Map(), turnedAt: Number.NEGATIVE_INFINITY };

export function nextPlan(before: Plan, wishes: readonly Wish[], now: number, limits: BudgetLimits): Plan {
  const playing = new Map<string, number>();
  const rested = new Map<string, number>();
  for (const { id, able } of wishes) {
    const since = before.playing.get(id);
    if (since !== undefined && able) playing.set(id, since);
    else if (since !== undefined) rested.set(id, now);
    else if (before.rested.has(id)) rested.set(id, before.rested.get(id)!);
  }
  const focus = new Set(wishes.filter((wish) => wish.focus).map(({ id }) => id));
  const rest = (id: string) => {
    playing.delete(id);
    rested.set(id, now);
  };
  const begin = (id: string) => {
    playing.set(id, now);
    rested.delete(id);
  };
  // the longest at play goes first, the longest at rest comes first; the order of the wishes decides between equals
  const oldest = () => {
    const list = [...playing].filter(([id]) => !focus.has(id));
    return list.length ? list.reduce((a, b) => (b[1] < a[1] ? b : a)) : undefined;
  };
  const waiting = wishes
    .filter(({ id, able }) => able && !playing.has(id))
    .sort(
      (a, b) =>
        Number(b.focus) - Number(a.focus) ||
        order(rested.get(a.id) ?? Number.NEGATIVE_INFINITY, rested.get(b.id) ?? Number.NEGATIVE_INFINITY),
    );

  let { turnedAt } = before;
  while (playing.size > limits.most) rest(oldest()?.[0] ?? [...playing.keys()].at(-1)!);
  for (const wish of waiting) {
    if (playing.size < limits.most) {
      begin(wish.id);
      continue;
    }
    const longest = oldest();
    if (!longest) break;
    if (wish.focus) {
      rest(longest[0]);
      begin(wish.id);
      continue;
    }
    // one change at a time, spread over the dwell: streams that all begin at once would stand in each other's way
    const turn = rested.has(wish.id) ? limits.dwell : Math.min(FIRST_LOOK, limits.dwell);
    const due = now - longest[1] >= turn && now - turnedAt >= turn / limits.most;
    if (!due) break;
    rest(longest[0]);
    begin(wish.id);
    turnedAt = now;
    break;
  }
  return { playing, rested, turnedAt };
}

function order(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
