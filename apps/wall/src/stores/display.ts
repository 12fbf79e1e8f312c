import {
  applyDelta,
  type CompiledScene,
  type Frame,
  type FrameHead,
  type ViewSpec,
  type ViewState,
} from '@citywall/protocol';
import { defineStore } from 'pinia';
import { computed, onScopeDispose, type ShallowRef, shallowRef } from 'vue';
import type { FrameSource, Link } from '../transport/frameSource.js';
import { ServerClock, tickingNow } from './clock.js';

/** One view as a panel gets it: its question, and its newest answer (null until the first snapshot). */
export interface LiveView {
  spec: ViewSpec;
  state: Readonly<ShallowRef<ViewState | null>>;
}

const LATENCIES = 20;

/** Everything one display knows. View states are replaced whole, never deeply reactive. */
export const useDisplayStore = defineStore('display', () => {
  const clock = new ServerClock();
  const ticking = tickingNow(clock);
  onScopeDispose(() => ticking.stop());
  const layout = shallowRef<CompiledScene | null>(null);
  const head = shallowRef<FrameHead | null>(null);
  const demo = shallowRef({ demo: false, external: false });
  const link = shallowRef<Link>({ phase: 'connecting', since: Date.now() });
  const views = shallowRef<{ spec: ViewSpec; state: ShallowRef<ViewState | null> }[]>([]);
  const latency = shallowRef<number | null>(null);
  const latencies: number[] = [];
  /** newest frame that was painted, and when, this computer's clock */
  const drawn = shallowRef<{ scene: string; seq: number; at: number; local: number } | null>(null);
  /** server clock − this computer's clock, ms */
  const offset = shallowRef(0);
  let source: FrameSource | null = null;

  /** @throws ProtocolError where a delta doesn't belong to what is held; nothing has changed then. */
  function apply(frame: Frame): void {
    if (frame.kind === 'snapshot') {
      const same = layout.value?.id === frame.layout.id && layout.value.version === frame.layout.version;
      if (same) {
        // the panels stay mounted: only their states change
        for (const [index, view] of views.value.entries()) view.state.value = frame.views[index] ?? null;
      } else {
        views.value = frame.layout.views.map((spec, index) => ({
          spec,
          state: shallowRef(frame.views[index] ?? null),
        }));
        layout.value = frame.layout;
      }
      demo.value = { demo: frame.demo, external: frame.demoExternal };
    } else {
      // first all, then show: a delta that doesn't fit (ProtocolError) must leave the picture whole
      const changed = frame.views.flatMap(([index, delta]) => {
        const view = views.value[index];
        return view?.state.value ? [{ view, state: applyDelta(view.state.value, delta) }] : [];
      });
      for (const { view, state } of changed) view.state.value = state;
    }
    head.value = frame;
  }

  function hear(serverAt: number): void {
    clock.hear(serverAt, Date.now());
    if (clock.offset === offset.value) return;
    offset.value = clock.offset;
    // ages of what comes with this frame are counted on its clock, not on the one of the last second
    ticking.tick();
  }

  function start(from: FrameSource): void {
    stop();
    source = from;
    from.start({
      frame(frame) {
        hear(frame.at);
        apply(frame);
        requestAnimationFrame(() => {
          drawn.value = { scene: frame.scene, seq: frame.seq, at: frame.at, local: Date.now() };
          latencies.push(Math.max(0, clock.at(Date.now()) - frame.at));
          if (latencies.length > LATENCIES) latencies.shift();
          latency.value = latencies.toSorted((a, b) => a - b)[latencies.length >> 1] ?? null;
        });
      },
      link(told) {
        link.value = told;
      },
      clock(reading) {
        hear(reading.at);
        ticking.tick();
      },
    });
  }

  function stop(): void {
    source?.stop();
    source = null;
    drawn.value = null;
  }

  /** Newest moment (server clock) that what is shown is known to be true for. */
  const heard = computed(() =>
    link.value.phase === 'live' ? ticking.now.value : Math.min(ticking.now.value, clock.at(link.value.since)),
  );

  return {
    layout,
    head,
    demo,
    link,
    views,
    latency,
    drawn,
    offset,
    now: ticking.now,
    heard,
    start,
    stop,
    apply,
    /** Server time of a moment of this computer's clock, Unix ms. */
    serverTimeOf: (local: number) => clock.at(local),
    report: (report: Parameters<FrameSource['report']>[0]) => source?.report(report),
  };
});
