import type { CloseReason, Frame, RenderedReport } from '@citywall/protocol';

/** connecting: never had a frame · live · reconnecting: had frames, the link is lost · refused: the server said why. */
export type LinkPhase = 'connecting' | 'live' | 'reconnecting' | 'refused';

export interface Link {
  phase: LinkPhase;
  /** this computer's clock, Unix ms, when the phase began */
  since: number;
  reason?: CloseReason;
}

/** Server clock heard beside frames, Unix ms. */
export interface ClockReading {
  at: number;
}

export interface FrameListener {
  frame(frame: Frame): void;
  link(link: Link): void;
  clock(reading: ClockReading): void;
}

/**
 * Where frames come from: live (Socket.IO), replay, fixture. Every delta handed on continues the frame before it; a source
 * that lost one asks for a snapshot by itself and hands on nothing until it has it.
 */
export interface FrameSource {
  start(listener: FrameListener): void;
  /** Undoes everything `start` did. */
  stop(): void;
  /** Tells the server what is on the screen. */
  report(report: RenderedReport): void;
}
