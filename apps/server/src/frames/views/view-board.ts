import { diffView, emptyState, encodeDelta, encodeState, type ViewSpec, type ViewState } from '@citywall/protocol';
import type { Log } from '../ports.js';
import type { Evaluator, ViewContext } from './evaluator.js';
import { evaluatorOf, systemsOf } from './registry.js';

/** Share of the process that one view may take: it waits at least this many times as long as its evaluation took. */
const REST_PER_WORK = 20;
/**
 * Evaluations whose cheapest is what a view costs: one alone may have been interrupted by the garbage collector or by
 * another process, and a view must not be silent for seconds because the computer was busy for a moment.
 */
const COSTS_KEPT = 4;
/**
 * A view that is due within this is taken along, ms. Timers call up to 1 ms early by the clock: what is then not due yet
 * would wait for the tick after.
 */
const TAKEN_ALONG_MS = 10;
/** How long a view keeps its last answer while history for the next one is read, ms; then it answers without. */
export const WHOLE_WITHIN_MS = 1_000;

/** One live view: shared by all scenes that show it, evaluated and encoded once. */
export interface LiveView {
  readonly key: string;
  readonly spec: ViewSpec;
  /** what the streams that show it have sent */
  readonly state: ViewState;
  /** resolves when its answer is worth showing */
  readonly ready: Promise<void>;
}

class Held implements LiveView {
  state: ViewState = emptyState();
  encoded: Uint8Array | null = null;
  users = 1;
  dirty = true;
  /** Unix ms before which it is not evaluated again */
  dueAt = Number.NEGATIVE_INFINITY;
  /** Unix ms at which time alone changes it */
  until = Number.POSITIVE_INFINITY;
  failing = false;
  /** ms that its last evaluations took, the newest last */
  readonly costs: number[] = [];
  /** what it looks into has no whole answer yet; calling it ends the wait */
  waiting: (() => void) | null = null;
  evaluator: Evaluator;

  constructor(
    readonly key: string,
    readonly spec: ViewSpec,
    private readonly bind: (view: Held) => Evaluator,
  ) {
    this.evaluator = bind(this);
  }

  get ready(): Promise<void> {
    return this.whole();
  }

  /** The one that was replaced meanwhile does not count. */
  private async whole(): Promise<void> {
    let evaluator: Evaluator;
    do {
      evaluator = this.evaluator;
      await evaluator.ready;
    } while (evaluator !== this.evaluator);
  }

  close(): void {
    this.waiting?.();
    this.evaluator.close();
  }

  /** Looks into the mirrors anew; the state stays, as the base of the next delta. */
  rebind(): void {
    this.close();
    this.evaluator = this.bind(this);
    this.dirty = true;
    this.dueAt = Number.NEGATIVE_INFINITY;
  }
}

export interface Counts {
  evaluations: number;
  /** deltas and states encoded */
  encodings: number;
}

/** All live views of this process. */
export class ViewBoard {
  private readonly held = new Map<string, Held>();
  /** for metrics and tests */
  readonly counts: Counts = { evaluations: 0, encodings: 0 };

  /**
   * @param dirty called whenever a view may have changed, with the time from which it may be evaluated: time to think
   * about a tick
   * @param stopwatch ms with fractions, for the cost of an evaluation
   */
  constructor(
    private readonly context: ViewContext,
    private readonly dirty: (dueAt: number) => void,
    private readonly log: Log,
    private readonly stopwatch: () => number,
  ) {}

  /** A view for one more user; the same one for equal specs. */
  acquire(spec: ViewSpec): LiveView {
    const key = canonical(spec);
    const known = this.held.get(key);
    if (known) {
      known.users++;
      return known;
    }
    const view = new Held(key, spec, (held) => evaluatorOf(spec, this.context, () => this.mark(held)));
    this.held.set(key, view);
    this.evaluate(view, this.context.clock.now());
    // The first answer is often not the whole one (windows are still being read): the next need not wait.
    view.dueAt = Number.NEGATIVE_INFINITY;
    this.awaitWhole(view);
    return view;
  }

  /** Gives a view back; nobody's view is not evaluated. */
  release(view: LiveView): void {
    const held = this.held.get(view.key);
    if (held === undefined || --held.users > 0) return;
    this.held.delete(view.key);
    held.close();
  }

  get size(): number {
    return this.held.size;
  }

  /** MessagePack of the view's state, encoded when first asked for. */
  encoded(view: LiveView): Uint8Array {
    const held = view as Held;
    if (held.encoded === null) {
      held.encoded = encodeState(held.state);
      this.counts.encodings++;
    }
    return held.encoded;
  }

  /** The mirror of a system was replaced: the views over it look into the new one. */
  rebind(system: string): void {
    for (const view of this.held.values()) {
      if (!systemsOf(view.spec).includes(system)) continue;
      view.rebind();
      this.awaitWhole(view);
      this.dirty(view.dueAt);
    }
  }

  /** The clock was set back: everything is due, since ages are others now. */
  startTimeAnew(): void {
    for (const view of this.held.values()) {
      view.dueAt = Number.NEGATIVE_INFINITY;
      view.dirty = true;
    }
  }

  /** Evaluates what is dirty and due. Returns the deltas of what changed, encoded once each. */
  evaluateDue(now: number): Map<LiveView, Uint8Array> {
    const deltas = new Map<LiveView, Uint8Array>();
    for (const view of this.held.values()) {
      if (now >= view.until) view.dirty = true;
      if (view.waiting || !view.dirty || now < view.dueAt - TAKEN_ALONG_MS) continue;
      const before = view.state;
      this.evaluate(view, now);
      const delta = diffView(before, view.state);
      if (delta === null) {
        view.state = before;
        continue;
      }
      view.encoded = null;
      deltas.set(view, encodeDelta(delta));
      this.counts.encodings++;
    }
    return deltas;
  }

  /** When `evaluateDue` next has something to do, Unix ms; Infinity: when something is dirty. */
  nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const view of this.held.values()) {
      if (view.waiting) continue;
      next = Math.min(next, view.dirty ? view.dueAt : Math.max(view.dueAt, view.until));
    }
    return next;
  }

  /**
   * Keeps what a view shows until its evaluator has a whole answer: half of one would empty a chart for a moment, and its
   * rest would keep the whole one from the first picture of a stream.
   */
  private awaitWhole(view: Held): void {
    const { ready } = view.evaluator;
    if (ready === undefined) return;
    const cancel = this.context.clock.after(WHOLE_WITHIN_MS, () => end());
    const stop = () => {
      cancel();
      if (view.waiting === stop) view.waiting = null;
    };
    const end = () => {
      if (view.waiting !== stop) return;
      stop();
      view.dirty = true;
      this.dirty(view.dueAt);
    };
    view.waiting = stop;
    void ready.then(end);
  }

  private mark(view: Held): void {
    if (view.dirty) return;
    view.dirty = true;
    this.dirty(view.dueAt);
  }

  /** A view that fails says so in its own place; its neighbours go on. */
  private evaluate(view: Held, now: number): void {
    const started = this.stopwatch();
    view.dirty = false;
    this.counts.evaluations++;
    try {
      const { state, until } = view.evaluator.evaluate(now, view.state);
      view.state = state;
      view.until = until;
      view.failing = false;
    } catch (error) {
      if (!view.failing) this.log.error(`view ${view.key}: ${error instanceof Error ? error.stack : String(error)}`);
      view.failing = true;
      view.state = { ...view.state, meta: { ...view.state.meta, error: 'internal' } };
      view.until = now + 1_000;
    }
    if (view.costs.push(this.stopwatch() - started) > COSTS_KEPT) view.costs.shift();
    view.dueAt = now + Math.max(view.evaluator.interval, Math.min(...view.costs) * REST_PER_WORK);
  }
}

/** JSON with sorted keys: equal specs give equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
