import {
  type Audience,
  type CloseReason,
  EVENTS,
  type JoinReply,
  PROTOCOL_VERSION,
  readJoin,
  readRendered,
} from '@citywall/protocol';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import {
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import { DisplayAccess } from '../auth/access.js';
import { permits } from '../auth/policy.js';
import { audienceOf, pairedDisplayOf } from '../auth/session.js';
import { guardSockets, SOCKET_OPTIONS } from '../infra/socket.js';
import { Meters } from '../ops/meters.js';
import { type Display, Displays } from './displays.js';
import { type FrameSink, FramesService } from './frames.service.js';

/**
 * A display is slow when this much waits for it; it then leaves the room of its stream until everything is out. Frames
 * come ten times a second, so 64 packets are six seconds.
 */
export const SLOW_PACKETS = 64;
export const SLOW_BYTES = 4 * 1024 * 1024;
/** How often slow displays are looked after, and everybody's right to read, ms. */
const CATCH_UP_EVERY_MS = 500;
/** A revoked display is dark within ten seconds. */
const RECHECK_EVERY_MS = 5_000;
/** A snapshot on a display's own request, at most this often; the display asks again ([PR13]). */
const SNAPSHOT_EVERY_MS = 1_000;

/** Room of a stream: the displays of it that keep up. */
const roomOf = (stream: string) => `stream:${stream}`;

interface Joined {
  display: Display;
  snapshotAt: number;
  /** grows with every join, so that an overtaken one ends without effect */
  joins: number;
}

@Injectable()
@WebSocketGateway({ namespace: '/display', ...SOCKET_OPTIONS })
export class DisplayGateway
  implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect, BeforeApplicationShutdown, FrameSink
{
  private readonly logger = new Logger('Displays');
  private readonly joined = new WeakMap<Socket, Joined>();
  private readonly slow = new Set<Socket>();
  private readonly timers: NodeJS.Timeout[] = [];
  private namespace: Namespace | undefined;

  constructor(
    private readonly frames: FramesService,
    private readonly displays: Displays,
    private readonly access: DisplayAccess,
    private readonly meters: Meters,
  ) {}

  afterInit(namespace: Namespace): void {
    this.namespace = namespace;
    guardSockets(namespace, this.access);
    this.frames.to(this);
    this.timers.push(
      setInterval(() => this.catchUp(), CATCH_UP_EVERY_MS),
      setInterval(() => void this.recheck(), RECHECK_EVERY_MS),
    );
  }

  handleConnection(socket: Socket): void {
    const display = this.displays.add(socket.id, this.access.address(socket.request), Date.now());
    this.joined.set(socket, { display, snapshotAt: Number.NEGATIVE_INFINITY, joins: 0 });
  }

  handleDisconnect(socket: Socket): void {
    this.leave(socket);
    this.displays.remove(socket.id);
  }

  @SubscribeMessage(EVENTS.join)
  async join(socket: Socket, payload: unknown): Promise<JoinReply> {
    const joined = this.joined.get(socket);
    const request = readJoin(payload);
    if (joined === undefined || request === null) return { ok: false, reason: 'unknown-scene' };
    const turn = ++joined.joins;
    this.leave(socket);
    if (request.v !== PROTOCOL_VERSION) return { ok: false, reason: 'version' };
    const allowed = await this.permission(socket);
    if (allowed === null) return { ok: false, reason: 'unauthorized' };
    joined.display.paired = allowed.paired;
    const { scene } = request;
    // asking for less is always granted, asking for more never
    const stream = await this.frames.join(scene, request.audience === 'visitors' ? 'visitors' : allowed.audience);
    if (stream === undefined) return { ok: false, reason: 'unknown-scene' };
    if (!socket.connected || joined.joins !== turn) {
      this.frames.leave(stream.id);
      return { ok: false, reason: 'shutdown' };
    }
    joined.display.scene = scene;
    joined.display.stream = stream.id;
    this.meters.displays.inc({ scene });
    if (stream.continues(request.have)) void socket.join(roomOf(stream.id));
    else this.sendSnapshot(socket, joined);
    return { ok: true };
  }

  @SubscribeMessage(EVENTS.resync)
  resync(socket: Socket): void {
    const joined = this.joined.get(socket);
    if (!joined?.display.stream || joined.display.slow) return;
    if (Date.now() - joined.snapshotAt < SNAPSHOT_EVERY_MS) return;
    this.sendSnapshot(socket, joined);
  }

  @SubscribeMessage(EVENTS.rendered)
  rendered(socket: Socket, payload: unknown): void {
    const display = this.joined.get(socket)?.display;
    const report = readRendered(payload);
    if (!display || !report) return;
    display.rendered = report;
    display.renderedAt = Date.now();
    display.errors += report.errors;
  }

  @SubscribeMessage(EVENTS.clock)
  clock(): { at: number } {
    return { at: Date.now() };
  }

  /** A frame for everybody in the stream's room: encoded once, one buffer. Displays that lag leave the room first. */
  send(stream: string, bytes: Uint8Array, kind: 'snapshot' | 'delta'): void {
    const { namespace } = this;
    if (!namespace) return;
    const room = namespace.adapter.rooms.get(roomOf(stream));
    const [scene = stream] = stream.split('@', 1);
    this.meters.frames.inc({ scene, kind });
    for (const socket of this.slow) this.countSkipped(socket, stream);
    if (!room) return;
    for (const id of [...room]) {
      const socket = namespace.sockets.get(id);
      if (socket && isBehind(socket, SLOW_PACKETS, SLOW_BYTES)) this.skip(socket);
    }
    this.meters.frameBytes.inc({ scene, kind }, bytes.byteLength * room.size);
    namespace.to(roomOf(stream)).emit(EVENTS.frame, asBuffer(bytes));
  }

  /** The scene is no more: its displays are told and may ask again. */
  end(stream: string): void {
    for (const socket of this.socketsOf(stream)) {
      this.leave(socket, false);
      socket.emit(EVENTS.close, 'unknown-scene' satisfies CloseReason);
    }
  }

  beforeApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.namespace?.emit(EVENTS.close, 'shutdown' satisfies CloseReason);
    this.namespace?.disconnectSockets(true);
    this.frames.stop();
  }

  /** For whom a display may be, and whether it is a paired one; null: it may not read at all. */
  private async permission(socket: Socket): Promise<{ audience: Audience; paired: string | null } | null> {
    try {
      const verdict = await this.access.check(socket.request, 'watch');
      if (!verdict.ok || !permits('display.watch', verdict.session)) return null;
      return { audience: audienceOf(verdict.session), paired: pairedDisplayOf(verdict.session) };
    } catch (error) {
      this.logger.warn(`a display's session can't be read: ${error instanceof Error ? error.message : error}`);
      return null;
    }
  }

  /** The whole picture, after which the display is in the room: the next frame is the next in sequence. */
  private sendSnapshot(socket: Socket, joined: Joined): void {
    const { stream: id } = joined.display;
    const stream = id === null ? undefined : this.frames.streamOf(id);
    if (stream === undefined) return;
    const { scene } = stream;
    const bytes = this.frames.snapshot(stream);
    joined.snapshotAt = Date.now();
    joined.display.slow = false;
    this.slow.delete(socket);
    this.meters.frames.inc({ scene, kind: 'snapshot' });
    this.meters.frameBytes.inc({ scene, kind: 'snapshot' }, bytes.byteLength);
    void socket.join(roomOf(stream.id));
    socket.emit(EVENTS.frame, asBuffer(bytes));
  }

  private skip(socket: Socket): void {
    const display = this.joined.get(socket)?.display;
    if (!display?.stream) return;
    void socket.leave(roomOf(display.stream));
    display.slow = true;
    this.slow.add(socket);
    this.countSkipped(socket, display.stream);
    this.logger.warn(`display ${display.address} reads more slowly than ${display.stream} is sent`);
  }

  private countSkipped(socket: Socket, stream: string): void {
    const display = this.joined.get(socket)?.display;
    if (!display?.scene || display.stream !== stream) return;
    display.skipped++;
    this.meters.framesSkipped.inc({ scene: display.scene });
  }

  /** Slow displays that took everything get a snapshot and are in the room again. */
  private catchUp(): void {
    for (const socket of this.slow) {
      const joined = this.joined.get(socket);
      if (joined && !isBehind(socket, 1, 1)) this.sendSnapshot(socket, joined);
    }
  }

  /** Keeps the sessions of displays alive, and ends those that were logged out. Redis gone is no reason to go dark. */
  private async recheck(): Promise<void> {
    for (const socket of [...(this.namespace?.sockets.values() ?? [])]) {
      if (!this.joined.get(socket)?.display.scene) continue;
      const verdict = await this.access.check(socket.request, 'watch').catch(() => null);
      if (verdict === null || (verdict.ok && permits('display.watch', verdict.session))) continue;
      this.leave(socket);
      socket.emit(EVENTS.close, 'unauthorized' satisfies CloseReason);
    }
  }

  /** @param tell the stream has to know that a display less follows it */
  private leave(socket: Socket, tell = true): void {
    const display = this.joined.get(socket)?.display;
    if (!display?.scene || !display.stream) return;
    const { scene, stream } = display;
    display.scene = null;
    display.stream = null;
    display.slow = false;
    this.slow.delete(socket);
    this.meters.displays.dec({ scene });
    void socket.leave(roomOf(stream));
    if (tell) this.frames.leave(stream);
  }

  private socketsOf(stream: string): Socket[] {
    return this.displays
      .of(stream)
      .map(({ id }) => this.namespace?.sockets.get(id))
      .filter((socket) => socket !== undefined);
  }
}

/** Whether this many packets or bytes still wait to be written to the display. */
function isBehind(socket: Socket, packets: number, bytes: number): boolean {
  const { writeBuffer, transport } = socket.conn as unknown as {
    writeBuffer: unknown[];
    transport: { socket?: { bufferedAmount?: number } };
  };
  return writeBuffer.length >= packets || (transport.socket?.bufferedAmount ?? 0) >= bytes;
}

/** The same bytes as a Buffer, without a copy: the parser sends nothing else as binary. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
