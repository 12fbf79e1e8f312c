import {
  type CloseReason,
  decodeFrame,
  EVENTS,
  type JoinReply,
  type JoinRequest,
  PROTOCOL_VERSION,
  ProtocolError,
  type RenderedReport,
  StreamReader,
} from '@citywall/protocol';
import { io, type Socket } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import type { ClockReading, FrameListener, FrameSource, LinkPhase } from './frameSource.js';
import { ReloadGuard } from './reloadGuard.js';

/** The little of a Socket.IO socket that a live source uses. */
export interface SocketLike {
  connected: boolean;
  /** false: it will not try again by itself */
  active: boolean;
  on(event: string, listener: (...args: never[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  connect(): unknown;
  disconnect(): unknown;
}

export interface LiveOptions {
  scene: string;
  /** @default io() on /display, websocket only, back-off up to 3 s, for ever */
  connect?: () => SocketLike;
  now?: () => number;
  healthy?: () => Promise<boolean>;
  reload?: () => void;
}

const EVERY = 5_000;
const REJOIN_AFTER = 1_000;

/** Frames of one scene over Socket.IO, resumed by the stream's own sequence (no connection-state recovery). */
export class LiveSource implements FrameSource {
  private socket: SocketLike | null = null;
  private listener: FrameListener | null = null;
  private readonly reader: StreamReader;
  private readonly guard: ReloadGuard;
  private readonly now: () => number;
  private phase: LinkPhase = 'connecting';
  /** a frame was shown: a lost link is then a reconnection */
  private shown = false;
  private timer: ReturnType<typeof setInterval> | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly options: LiveOptions) {
    this.now = options.now ?? Date.now;
    this.reader = new StreamReader(options.scene);
    this.guard = new ReloadGuard({
      now: this.now,
      healthy: options.healthy ?? healthz,
      reload: options.reload ?? reloadPage,
    });
  }

  start(listener: FrameListener): void {
    this.listener = listener;
    this.tell('connecting');
    const socket = (this.options.connect ?? connectDisplay)();
    this.socket = socket;
    socket.on('connect', () => {
      this.askClock();
      this.join();
    });
    socket.on('disconnect', (reason: string) => {
      if (this.phase !== 'refused') this.lose();
      // Socket.IO does not come back by itself after the server closed the namespace
      if (reason === 'io server disconnect') this.rejoin();
    });
    socket.on(EVENTS.frame, (bytes: ArrayBuffer | Uint8Array) => this.take(bytes));
    socket.on('connect_error', () => {
      if (!socket.active) this.rejoin();
    });
    socket.on(EVENTS.close, (told: CloseReason | { reason: CloseReason }) => {
      this.close(typeof told === 'string' ? told : told.reason);
    });
    this.timer = setInterval(() => {
      if (!socket.connected) {
        void this.guard.check();
        return;
      }
      this.guard.connected();
      this.askClock();
    }, EVERY);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    this.socket?.disconnect();
    this.socket = null;
    this.listener = null;
  }

  report(report: RenderedReport): void {
    if (this.socket?.connected) this.socket.emit(EVENTS.rendered, report);
  }

  /** Frames carry the server's clock too, but a quiet city sends none. */
  private askClock(): void {
    this.socket?.emit(EVENTS.clock, null, (reading: ClockReading) => {
      if (typeof reading?.at === 'number') this.listener?.clock(reading);
    });
  }

  private join(): void {
    this.guard.connected();
    const held = this.reader.have;
    const request: JoinRequest = { v: PROTOCOL_VERSION, scene: this.options.scene, ...(held && { have: held }) };
    this.socket?.emit(EVENTS.join, request, (reply: JoinReply) => {
      if (!reply.ok) {
        this.close(reply.reason);
        // a display that was refused asks again: the scene or the log-in may be there by then
        this.rejoin();
      } else if (held) {
        // the server goes on from what is held: nothing need have changed for the picture to be current again
        this.tell('live');
      }
    });
  }

  private take(bytes: ArrayBuffer | Uint8Array): void {
    let at = this.now();
    try {
      const frame = decodeFrame(bytes);
      at = frame.at;
      const verdict = this.reader.accept(frame);
      if (verdict === 'resync') this.socket?.emit(EVENTS.resync);
      if (verdict !== 'apply') return;
      this.listener?.frame(frame);
      this.shown = true;
      if (this.phase !== 'live') this.tell('live');
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (error.reason === 'version') this.close('version');
      else if (this.reader.lost(at) === 'resync') this.socket?.emit(EVENTS.resync);
    }
  }

  private close(reason: CloseReason): void {
    if (reason === 'version') {
      this.reader.reset(this.options.scene);
      this.tell('refused', reason);
      (this.options.reload ?? reloadPage)();
      // the page may have been reloaded just now: then the server is asked again until it may be once more
      this.rejoin();
    } else if (reason === 'shutdown') {
      this.lose();
    } else {
      this.reader.reset(this.options.scene);
      this.tell('refused', reason);
    }
  }

  /** The link is gone: what is on the screen stays there. */
  private lose(): void {
    this.tell(this.shown ? 'reconnecting' : 'connecting');
  }

  private rejoin(): void {
    if (this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      if (!this.socket) return;
      if (this.socket.connected) this.join();
      else this.socket.connect();
    }, REJOIN_AFTER);
  }

  private tell(phase: LinkPhase, reason?: CloseReason): void {
    this.phase = phase;
    this.listener?.link({ phase, since: this.now(), ...(reason && { reason }) });
  }
}

const RELOADED_AT = 'citywall-reloaded-at';
const RELOAD_AT_MOST_EVERY = 60_000;

/** Loads the page anew, but never in a loop: a server and a wall of different versions must not make the screen flicker. */
function reloadPage(): void {
  const last = Number(sessionStorage.getItem(RELOADED_AT) ?? 0);
  if (Date.now() - last < RELOAD_AT_MOST_EVERY) return;
  sessionStorage.setItem(RELOADED_AT, String(Date.now()));
  location.reload();
}

async function healthz(): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(4_000) })).ok;
  } catch {
    return false;
  }
}

function connectDisplay(): SocketLike {
  const socket: Socket = io('/display', {
    path: '/socket.io',
    transports: ['websocket'],
    parser,
    reconnection: true,
    reconnectionAttempts: Number.POSITIVE_INFINITY,
    reconnectionDelay: 500,
    reconnectionDelayMax: 3_000,
    randomizationFactor: 0.2,
    timeout: 5_000,
    withCredentials: true,
  });
  return socket as unknown as SocketLike;
}
