import {
  type Audience,
  type CloseReason,
  decodeFrame,
  EVENTS,
  type JoinReply,
  type JoinRequest,
  type LoadReason,
  PROTOCOL_VERSION,
  ProtocolError,
  type RenderedReport,
  StreamReader,
} from '@citywall/protocol';
import { io, type Socket } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import { reloadPage } from '../endurance/reload.js';
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
  /** asks for what visitors may see, whoever is logged in; absent: what who is logged in may see */
  audience?: Audience;
  /** @default io() on /display, websocket only, back-off up to 3 s, for ever */
  connect?: () => SocketLike;
  now?: () => number;
  healthy?: () => Promise<boolean>;
  reload?: (why: LoadReason) => void;
}

const EVERY = 5_000;
const REJOIN_AFTER = 1_000;
/** A stream sends a frame a second ([PR17]): after so many missed ones the server hangs, though the socket stands. */
const HUNG_AFTER = 4_000;
/** and after so long the socket is given up and opened anew */
const GIVE_UP_AFTER = 15_000;

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
  private watch: ReturnType<typeof setInterval> | null = null;
  /** this computer's clock: newest frame, or newest attempt to get one */
  private heardAt = 0;
  private askedAt = 0;
  private retry: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly options: LiveOptions) {
    this.now = options.now ?? Date.now;
    this.reader = new StreamReader(options.scene);
    this.guard = new ReloadGuard({
      now: this.now,
      healthy: options.healthy ?? healthz,
      reload: () => this.reload('unreachable'),
    });
  }

  start(listener: FrameListener): void {
    this.listener = listener;
    this.tell('connecting');
    const socket = (this.options.connect ?? connectDisplay)();
    this.socket = socket;
    socket.on('connect', () => {
      this.heardAt = this.now();
      this.askedAt = this.heardAt;
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
      if (socket.connected) this.askClock();
      // refused is an answer: loading the page again would not change it
      if (this.phase === 'live' || this.phase === 'refused') this.guard.connected();
      else void this.guard.check();
    }, EVERY);
    this.watch = setInterval(() => this.lookOut(socket), 1_000);
  }

  /** The socket stands but nothing comes: say so, ask again, and at last open another. */
  private lookOut(socket: SocketLike): void {
    const now = this.now();
    if (!socket.connected || this.phase === 'refused' || now - this.heardAt < HUNG_AFTER) return;
    if (this.phase === 'live') this.tell('reconnecting', undefined, this.heardAt);
    if (now - this.askedAt < HUNG_AFTER) return;
    this.askedAt = now;
    if (now - this.heardAt < GIVE_UP_AFTER) {
      this.join();
      return;
    }
    this.heardAt = now;
    socket.disconnect();
    socket.connect();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    if (this.watch) clearInterval(this.watch);
    this.timer = null;
    this.watch = null;
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
    const held = this.reader.have;
    const { scene, audience } = this.options;
    const request: JoinRequest = {
      v: PROTOCOL_VERSION,
      scene,
      ...(held && { have: held }),
      ...(audience && { audience }),
    };
    this.socket?.emit(EVENTS.join, request, (reply: JoinReply) => {
      if (!reply.ok) {
        this.close(reply.reason);
        // a display that was refused asks again: the scene or the log-in may be there by then
        this.rejoin();
      } else if (held && this.now() - this.heardAt < HUNG_AFTER) {
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
      this.heardAt = this.now();
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
      this.reload('version');
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

  /** @param since this computer's clock, when it began. @default now */
  private tell(phase: LinkPhase, reason?: CloseReason, since = this.now()): void {
    this.phase = phase;
    this.listener?.link({ phase, since, ...(reason && { reason }) });
  }

  private reload(why: LoadReason): void {
    const reload = this.options.reload ?? reloadPage;
    reload(why);
  }
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
