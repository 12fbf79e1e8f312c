import type { RenderedReport } from '@citywall/protocol';

/** One screen as kept in Redis. Times are Unix ms. */
export interface KeptDisplay {
  /** the screen's own id, else that of its connection */
  id: string;
  /** push process that holds it */
  instance: string;
  /** of the connection; a newer one of the same screen takes the entry over */
  connection: string;
  address: string;
  /** id of its pairing; absent: none */
  paired?: string;
  connectedAt: number;
  /** null: it is connected */
  goneAt: number | null;
  /** scene it follows; null before it joined */
  scene: string | null;
  slow: boolean;
  skipped: number;
  /** other screens of this process that go by the same name and are alive */
  namesakes?: number;
  rendered: RenderedReport | null;
  renderedAt: number | null;
  /** since the page was loaded */
  errors: number;
  trend: Trend;
}

/** Equally spaced samples, oldest first, at most {@link TREND_LENGTH}. */
export interface Trend {
  /** Unix ms of the last one begun */
  at: number;
  /** MiB, null where the browser doesn't tell */
  heap: (number | null)[];
  fps: number[];
}

export const TREND_LENGTH = 60;
export const TREND_STEP_MS = 60_000;

/** live: draws what is sent · behind: an old picture · black: nothing is drawn · silent: says nothing · gone: left. */
export const DISPLAY_STATES = ['black', 'silent', 'behind', 'live', 'gone'] as const;
export type DisplayState = (typeof DISPLAY_STATES)[number];
