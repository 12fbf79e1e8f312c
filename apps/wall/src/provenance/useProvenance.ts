import type { Flag, Origin, Quality, ReadingValue, Words } from '@citywall/model';
import { onBeforeUnmount, onMounted, type Ref, ref, shallowRef } from 'vue';
import { ApiError, ask } from '../console/api.js';
import { useKeys } from '../console/keys.js';
import { type Askable, askableOf, askables, type Box, type Direction, nearest } from './pick.js';

export interface SourceFeed {
  id: string;
  system: string;
  topic: string[];
  broker: string;
}

export interface ReadingProvenance {
  asset: string;
  name: string;
  metric: {
    id: string;
    name: Words | null;
    kind: string | null;
    unit: string | null;
    decimals: number | null;
    range: { min: number | null; max: number | null } | null;
    staleAfter: number | null;
  };
  value: ReadingValue | null;
  at: string;
  receivedAt: string;
  quality: Quality;
  stale: boolean;
  origin: Origin;
  flags: Flag[];
  feed: SourceFeed;
}

export interface ViewProvenance {
  role: string;
  kind: string;
  rule: Words;
  members: { fresh: number; total: number; oldestAt: string | null; newestAt: string | null } | null;
  feeds: SourceFeed[];
}

export interface PanelProvenance {
  scene: string;
  panel: string;
  title: Words;
  views: ViewProvenance[];
}

export interface Provenance {
  asked: Askable;
  reading: ReadingProvenance | null;
  panel: PanelProvenance | null;
  /** what the server answered instead */
  failure: string | null;
}

const EVERY_MS = 2_000;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Asks of one value on the screen where it comes from: by keyboard on any screen, by mouse only on this very computer, for a
 * wall is not touched.
 */
export function useProvenance(root: Readonly<Ref<HTMLElement | null>>, scene: Readonly<Ref<string>>) {
  const open = ref(false);
  const box = shallowRef<Box | null>(null);
  const told = shallowRef<Provenance | null>(null);
  const byMouse = LOOPBACK.test(location.hostname);
  let element: HTMLElement | null = null;
  let asked: Askable | null = null;
  let turn = 0;
  let timer: ReturnType<typeof setInterval> | null = null;

  /** The element may have been drawn anew since: then the one that shows the same value. */
  function current(): HTMLElement | null {
    if (element?.isConnected) return element;
    const key = JSON.stringify(asked);
    element = askables(root.value ?? document).find((one) => JSON.stringify(askableOf(one)) === key) ?? null;
    return element;
  }

  function place() {
    const rect = current()?.getBoundingClientRect();
    box.value = rect ? { x: rect.x, y: rect.y, width: rect.width, height: rect.height } : null;
  }

  async function fetchAbout(about: Askable): Promise<void> {
    const mine = ++turn;
    const part = encodeURIComponent;
    const answer = await Promise.all([
      about.asset && about.metric
        ? ask<ReadingProvenance>(`assets/${part(about.asset)}/provenance/${part(about.metric)}`)
        : null,
      ask<PanelProvenance>(`scenes/${part(scene.value)}/provenance/${part(about.panel)}`),
    ]).then(
      ([reading, panel]): Provenance => ({ asked: about, reading, panel, failure: null }),
      (error): Provenance => ({
        asked: about,
        reading: null,
        panel: null,
        failure: error instanceof ApiError ? error.reason : String(error),
      }),
    );
    if (mine === turn && open.value) told.value = answer;
  }

  function choose(next: HTMLElement | null): void {
    asked = next && askableOf(next);
    if (!next || !asked) return;
    element = next;
    told.value = null;
    place();
    void fetchAbout(asked);
  }

  function start(at?: HTMLElement): void {
    open.value = true;
    choose(at ?? askables(root.value ?? document)[0] ?? null);
    timer ??= setInterval(() => {
      place();
      if (asked && !document.hidden) void fetchAbout(asked);
    }, EVERY_MS);
  }

  function close(): boolean {
    const was = open.value;
    open.value = false;
    box.value = null;
    told.value = null;
    if (timer) clearInterval(timer);
    timer = null;
    return was;
  }

  function move(direction: Direction): boolean {
    if (!open.value || !box.value) return false;
    const all = askables(root.value ?? document).filter((one) => one !== element);
    const next = nearest(
      all.map((one) => one.getBoundingClientRect()),
      box.value,
      direction,
    );
    if (next !== null) choose(all[next] ?? null);
    return true;
  }

  function onClick(event: MouseEvent) {
    const target = event.target as HTMLElement;
    // what has a meaning of its own (a map's symbol, a button) is no question
    if (event.defaultPrevented || target.closest('.provenance, button')) return;
    const value = target.closest<HTMLElement>('[data-metric], [data-panel]');
    if (value) start(value);
    else close();
  }

  const toggle = () => {
    if (open.value) close();
    else start();
  };
  useKeys({
    p: toggle,
    '?': toggle,
    ArrowLeft: () => move('left'),
    ArrowRight: () => move('right'),
    ArrowUp: () => move('up'),
    ArrowDown: () => move('down'),
  });
  onMounted(() => {
    if (byMouse) root.value?.addEventListener('click', onClick);
  });
  onBeforeUnmount(close);
  return { open, box, told, byMouse, close };
}
