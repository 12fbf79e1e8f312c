import type { CompiledScene } from './scene.js';
import type { ViewDelta, ViewState } from './view.js';

/** Version of the frames. A display with another one is refused with `version` and reloads its page. */
export const PROTOCOL_VERSION = 1;

/** Modes of design §1.6; `demo` beside it says whether simulated data is shown. */
export type Mode = 'live' | 'exercise' | 'tour' | 'replay';

export interface FrameHead {
  v: number;
  /** scene id: the stream's name */
  scene: string;
  /** grows by one a frame of this stream; the first frame of a server's stream may be any number */
  seq: number;
  /** identifies the server run of this stream: another epoch always means a new snapshot */
  epoch: string;
  /** server clock, Unix ms, when the frame was closed */
  at: number;
  mode: Mode;
  /** messages a second over the last seconds, all feeds */
  rate: number;
}

export interface SnapshotFrame extends FrameHead {
  kind: 'snapshot';
  layout: CompiledScene;
  /** state of every view of the layout, by index */
  views: ViewState[];
  /** `CITYWALL_DEMO`: say 演示数据 on the screen */
  demo: boolean;
  /** simulated data on an external broker: say so too */
  demoExternal: boolean;
}

export interface DeltaFrame extends FrameHead {
  kind: 'delta';
  /** changed views: index and what changed */
  views: [number, ViewDelta][];
}

export type Frame = SnapshotFrame | DeltaFrame;

/** Why the server ends a display's stream. A closed list. */
export const CLOSE_REASONS = ['version', 'unauthorized', 'unknown-scene', 'shutdown'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/** Who stands in front of a screen; what is private is not sent to visitors ([PR22]). */
export const AUDIENCES = ['staff', 'visitors'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** Display → server, event `join`; the acknowledgement is `{ ok: true }` or `{ ok: false, reason }`. */
export interface JoinRequest {
  v: number;
  scene: string;
  /** what the display already holds; a server that can't continue from there sends a snapshot */
  have?: { epoch: string; seq: number };
  /** a display may ask for less than it may see; absent: all that it may */
  audience?: Audience;
}
export type JoinReply = { ok: true } | { ok: false; reason: CloseReason };

/** Why a page was loaded: opened by somebody, loaded again by somebody, or by itself for one of the reasons. */
export const LOAD_REASONS = ['opened', 'manual', 'planned', 'version', 'unreachable'] as const;
export type LoadReason = (typeof LOAD_REASONS)[number];

/** Display → server, event `rendered`, every 5 s: what is on the screen now. Times are Unix ms. */
export interface RenderedReport {
  scene: string;
  seq: number;
  /** frames a second over the last 5 s */
  fps: number;
  /** JS heap in bytes, where the browser tells */
  heap?: number;
  /** errors since the last report */
  errors: number;
  /** which screen: stays the same when the page is loaded again */
  screen?: string;
  /** server clock: when the frame was closed that is drawn */
  frameAt?: number;
  /** ms since a frame was heard last */
  heard?: number;
  /** median ms from the closing of a frame to its picture */
  latency?: number;
  /** every panel has drawn */
  ready?: boolean;
  /** panels that take up room on the screen */
  panels?: number;
  /** the browser does not paint: another tab is in front, or the window is minimised */
  hidden?: boolean;
  theme?: string;
  language?: string;
  /** CSS pixels, and device pixels a CSS pixel */
  size?: { width: number; height: number; ratio: number };
  /** step of the low-power ladder, 0 (everything) to 3 */
  power?: number;
  /** which build of the page */
  page?: string;
  /** the page was loaded then, server clock, and why */
  loaded?: { at: number; why: LoadReason };
}

/** Socket.IO event names. */
export const EVENTS = {
  join: 'join',
  frame: 'frame',
  resync: 'resync',
  close: 'close',
  rendered: 'rendered',
  clock: 'clock',
} as const;
