import type { z } from 'zod';
import { pageOf } from '../api/cursor.js';
import { iso } from '../api/schemas/common.js';
import type { DisplayQuery, display } from '../api/schemas/displays.js';
import { displayState } from './display-state.js';
import type { DisplayStore } from './displays.repository.js';
import { DISPLAY_STATES, type KeptDisplay, TREND_STEP_MS } from './displays.types.js';

type Item = z.input<typeof display>;

/** What is on the wall now, as the screens themselves report it. */
export class DisplaysService {
  constructor(
    private readonly store: Pick<DisplayStore, 'all'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** The troubled ones first, then by name. */
  async list(query: DisplayQuery): Promise<{ items: Item[]; next: string | null }> {
    const now = this.now();
    const items = (await this.store.all())
      .map((kept) => itemOf(kept, now))
      .filter(({ state }) => query.state === undefined || state === query.state);
    return pageOf('displays', items, ({ state, id }) => `${DISPLAY_STATES.indexOf(state)} ${id}`, query);
  }
}

function itemOf(kept: KeptDisplay, now: number): Item {
  const { rendered, renderedAt } = kept;
  const { state, why } = displayState(kept, now);
  return {
    id: kept.id,
    state,
    why,
    address: kept.address,
    paired: kept.paired ?? null,
    scene: kept.scene,
    connectedAt: iso(kept.connectedAt),
    lastSeenAt: iso(kept.goneAt ?? renderedAt ?? kept.connectedAt),
    instance: kept.instance,
    slow: kept.slow,
    skipped: kept.skipped,
    namesakes: kept.namesakes ?? 0,
    errors: kept.errors,
    rendered:
      rendered === null || renderedAt === null
        ? null
        : {
            at: iso(renderedAt),
            scene: rendered.scene,
            seq: rendered.seq,
            frameAt: rendered.frameAt === undefined ? null : iso(rendered.frameAt),
            latency: rendered.latency ?? null,
            fps: rendered.fps,
            heap: rendered.heap ?? null,
            ready: rendered.ready ?? null,
            panels: rendered.panels ?? null,
            hidden: rendered.hidden ?? false,
            theme: rendered.theme ?? null,
            language: rendered.language ?? null,
            size: rendered.size ?? null,
            power: rendered.power ?? 0,
            page: rendered.page ?? null,
            loaded: rendered.loaded ? { at: iso(rendered.loaded.at), why: rendered.loaded.why } : null,
          },
    trend: { step: TREND_STEP_MS, heap: kept.trend.heap, fps: kept.trend.fps },
  };
}
