import {
  DESK_EVENTS,
  DESK_VERSION,
  type DeskClose,
  type FollowReply,
  type Presence,
  readFollow,
  readLooking,
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
import { type AccessVerdict, DisplayAccess } from '../auth/access.js';
import { permits } from '../auth/policy.js';
import { guardSockets, SOCKET_OPTIONS } from '../infra/socket.js';
import { PacksService } from '../packs/index.js';
import { AlarmList } from './alarm-list.js';
import { Annunciation } from './annunciation.service.js';
import { DeskNewsWriter } from './desk-news.js';

/**
 * Changes of so long go together, ms: an operator reads no faster, and a flood comes in lumps. The first after a pause leaves at
 * once.
 */
const APART_MS = 100;
const PRESENCE_EVERY_MS = 300;
/** How often everybody's right to follow is asked for again, ms. */
const RECHECK_EVERY_MS = 10_000;
/** A desk for which this much waits is ended: it connects again and begins anew. */
const SLOW_BYTES = 16 * 1024 * 1024;
const ROOM = 'desks';

interface Desk {
  user: string;
  /** may handle alarms: a seat among which they are shared */
  seated: boolean;
  looking: string | null;
}

/** Alarms, live, for desks of the console. Commands go over HTTP. */
@Injectable()
@WebSocketGateway({ namespace: '/desk', ...SOCKET_OPTIONS })
export class DeskGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect, BeforeApplicationShutdown {
  private readonly logger = new Logger('Desks');
  private readonly desks = new Map<Socket, Desk>();
  private readonly writer: DeskNewsWriter;
  private readonly timers: NodeJS.Timeout[] = [];
  private namespace: Namespace | undefined;
  /** Unix ms of the last news */
  private toldAt = Number.NEGATIVE_INFINITY;
  private telling: NodeJS.Timeout | undefined;
  private crowd = '[]';
  private unwatch: () => void = () => {};

  constructor(
    private readonly list: AlarmList,
    packs: PacksService,
    private readonly access: DisplayAccess,
    private readonly annunciation: Annunciation,
  ) {
    const systems = () => packs.all().flatMap(({ id, kind }) => (kind === 'system' ? id : []));
    this.writer = new DeskNewsWriter(list, annunciation.annunciator, systems, Date.now);
  }

  afterInit(namespace: Namespace): void {
    this.namespace = namespace;
    guardSockets(namespace, this.access);
    const soon = () => {
      this.telling ??= setTimeout(() => this.tell(), Math.max(0, this.toldAt + APART_MS - Date.now()));
    };
    const ends = [
      this.list.watch(soon),
      this.annunciation.watch(({ announced }) => {
        this.writer.announce(announced);
        soon();
      }),
    ];
    this.unwatch = () => {
      for (const end of ends) end();
    };
    this.timers.push(
      setInterval(() => this.look(), PRESENCE_EVERY_MS),
      setInterval(() => void this.recheck(), RECHECK_EVERY_MS),
    );
  }

  handleConnection(socket: Socket): void {
    this.desks.set(socket, { user: '', seated: false, looking: null });
  }

  handleDisconnect(socket: Socket): void {
    this.desks.delete(socket);
  }

  @SubscribeMessage(DESK_EVENTS.follow)
  async follow(socket: Socket, payload: unknown): Promise<FollowReply> {
    const desk = this.desks.get(socket);
    const request = readFollow(payload);
    if (!desk || request?.v !== DESK_VERSION) return { ok: false, reason: 'version' };
    // it has everything, and is told what changes: asking again and again must cost nothing
    if (socket.rooms.has(ROOM)) return { ok: true };
    const who = await this.who(socket);
    if (who === null || !socket.connected) return { ok: false, reason: 'unauthorized' };
    Object.assign(desk, who);
    // what all others have been told is where this one begins
    this.tell();
    for (const news of this.writer.all()) socket.emit(DESK_EVENTS.alarms, news);
    socket.emit(DESK_EVENTS.presence, this.presence());
    void socket.join(ROOM);
    return { ok: true };
  }

  @SubscribeMessage(DESK_EVENTS.looking)
  looking(socket: Socket, payload: unknown): void {
    const desk = this.desks.get(socket);
    const id = readLooking(payload);
    if (desk && id !== undefined && socket.rooms.has(ROOM)) desk.looking = id;
  }

  beforeApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.telling);
    this.unwatch();
    this.namespace?.emit(DESK_EVENTS.close, 'shutdown' satisfies DeskClose);
    this.namespace?.disconnectSockets(true);
  }

  private tell(): void {
    clearTimeout(this.telling);
    this.telling = undefined;
    this.toldAt = Date.now();
    const news = this.writer.news();
    if (news) this.namespace?.to(ROOM).emit(DESK_EVENTS.alarms, news);
  }

  /** Who looks at what, and which desk does not keep up. */
  private look(): void {
    for (const socket of [...this.desks.keys()]) if (waiting(socket) > SLOW_BYTES) this.end(socket, 'slow');
    const presence = this.presence();
    const crowd = JSON.stringify(presence);
    if (crowd === this.crowd) return;
    this.crowd = crowd;
    this.namespace?.to(ROOM).emit(DESK_EVENTS.presence, presence);
  }

  private presence(): Presence[] {
    return [...this.desks.values()].flatMap(({ user, looking }) => (looking === null ? [] : [{ user, id: looking }]));
  }

  /** Accounts that follow here and may handle alarms, each once. */
  seated(): string[] {
    const users = [...this.desks].flatMap(([socket, { user, seated }]) =>
      seated && socket.rooms.has(ROOM) ? user : [],
    );
    return [...new Set(users)];
  }

  /** Account of a socket that may follow, '' without a log-in; null: it may not. */
  private async who(socket: Socket): Promise<Pick<Desk, 'user' | 'seated'> | null> {
    try {
      const verdict = await this.access.check(socket.request, 'poll');
      if (!mayFollow(verdict)) return null;
      const { session } = verdict;
      return { user: session?.user ?? '', seated: session !== undefined && permits('alarms.handle', session) };
    } catch (error) {
      this.logger.warn(`a desk's session can't be read: ${error instanceof Error ? error.message : error}`);
      return null;
    }
  }

  /** Ends desks whose session has ended. Redis gone is no reason to go dark. */
  private async recheck(): Promise<void> {
    for (const socket of [...this.desks.keys()]) {
      if (!socket.rooms.has(ROOM)) continue;
      const verdict = await this.access.check(socket.request, 'poll').catch(() => null);
      if (verdict === null || mayFollow(verdict)) continue;
      this.end(socket, 'unauthorized');
    }
  }

  private end(socket: Socket, why: DeskClose): void {
    void socket.leave(ROOM);
    socket.emit(DESK_EVENTS.close, why);
    socket.disconnect(true);
  }
}

/** A desk where nobody did anything for long is nobody's: what is pushed to it is no sign of life. */
function mayFollow(verdict: AccessVerdict): verdict is Extract<AccessVerdict, { ok: true }> {
  return (
    verdict.ok && !verdict.session?.idle && !verdict.session?.mustChange && permits('alarms.follow', verdict.session)
  );
}

/** Bytes that wait to be written to a socket. */
function waiting(socket: Socket): number {
  const { transport } = socket.conn as unknown as { transport: { socket?: { bufferedAmount?: number } } };
  return transport.socket?.bufferedAmount ?? 0;
}
