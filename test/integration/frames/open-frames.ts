import type { AddressInfo } from 'node:net';
import { EVENTS, type JoinReply, type JoinRequest, PROTOCOL_VERSION } from '@citywall/protocol';
import { type DynamicModule, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { io, type Socket } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import { AlarmList } from '../../../apps/server/src/alarms/alarm-list.js';
import { DisplayAccess } from '../../../apps/server/src/auth/access.js';
import type { Session } from '../../../apps/server/src/auth/session.js';
import { systemClock } from '../../../apps/server/src/frames/clock.js';
import { DisplayGateway } from '../../../apps/server/src/frames/display.gateway.js';
import { Displays } from '../../../apps/server/src/frames/displays.js';
import { FramesService } from '../../../apps/server/src/frames/frames.service.js';
import { CityMirror } from '../../../apps/server/src/frames/mirror/city-mirror.js';
import { FeedWatch } from '../../../apps/server/src/frames/mirror/feed-watch.js';
import type { PackSource } from '../../../apps/server/src/frames/ports.js';
import { NoticesService } from '../../../apps/server/src/notices/notices.service.js';
import { Meters } from '../../../apps/server/src/ops/meters.js';
import { RedisWatch } from '../../../apps/server/src/state/redis-watch.js';
import { Screen } from '../../unit/apps/server/frames/fakes.js';
import type { OpenState } from '../state/open-state.js';

@Module({})
class FramesUnderTest {}

/** The push role in process: real gateway, real Redis, packs as given. */
export interface OpenFrames {
  app: INestApplication;
  url: string;
  port: number;
  frames: FramesService;
  gateway: DisplayGateway;
  displays: Displays;
  meters: Meters;
  notices: NoticesService;
  close(): Promise<void>;
}

export async function openFrames(
  open: OpenState,
  packs: PackSource,
  options: { epoch: string; demo?: boolean; port?: number; session?: Session | null } = { epoch: 'e1' },
): Promise<OpenFrames> {
  const notices = new NoticesService();
  const log = { log: () => {}, warn: () => {}, error: console.error };
  const frames = new FramesService({
    clock: systemClock,
    mirror: new CityMirror(open.state, packs, systemClock, log),
    feeds: new FeedWatch(open.state, packs, systemClock),
    packs,
    state: open.state,
    notices,
    alarms: new AlarmList(),
    around: { epoch: options.epoch, demo: true, demoExternal: false },
    log,
    stopwatch: () => performance.now(),
  });
  const rules = { demo: options.demo ?? true, trustProxy: false };
  const module: DynamicModule = {
    module: FramesUnderTest,
    providers: [
      { provide: FramesService, useValue: frames },
      { provide: DisplayAccess, useValue: new DisplayAccess(rules, async () => options.session ?? null) },
      Displays,
      Meters,
      DisplayGateway,
    ],
  };
  const app = await NestFactory.create(module, { logger: false });
  const watch = new RedisWatch(open.health, notices);
  watch.onModuleInit();
  await app.listen(options.port ?? 0, '127.0.0.1');
  frames.start();
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    port,
    frames,
    gateway: app.get(DisplayGateway),
    displays: app.get(Displays),
    meters: app.get(Meters),
    notices,
    async close() {
      watch.onModuleDestroy();
      await app.close();
    },
  };
}

/** A display as the wall makes one, with what a test waits for. */
export class TestDisplay {
  readonly socket: Socket;
  readonly screen: Screen;
  readonly closes: string[] = [];
  readonly raw: Uint8Array[] = [];
  /** frames are kept, not read */
  deaf = false;
  /** frames to lose on the way */
  lose = 0;
  private readonly waiting: { met: () => boolean; resolve: () => void }[] = [];
  private readonly have: () => JoinRequest['have'];

  constructor(
    url: string,
    private readonly scene: string,
    options: { headers?: Record<string, string>; reconnect?: boolean } = {},
  ) {
    this.screen = new Screen(scene, systemClock);
    this.have = () => {
      const last = this.screen.frames.at(-1);
      return last && { epoch: last.epoch, seq: last.seq };
    };
    this.socket = io(`${url}/display`, {
      path: '/socket.io',
      transports: ['websocket'],
      parser,
      forceNew: true,
      reconnection: options.reconnect ?? false,
      reconnectionDelay: 50,
      reconnectionDelayMax: 100,
      ...(options.headers ? { extraHeaders: options.headers } : {}),
    });
    this.socket.on(EVENTS.frame, (bytes: Uint8Array) => {
      this.raw.push(bytes);
      if (this.lose > 0) this.lose--;
      else if (!this.deaf) this.screen.take(bytes);
      this.check();
    });
    this.socket.on(EVENTS.close, (reason: string) => {
      this.closes.push(reason);
      this.check();
    });
    for (const event of ['connect', 'disconnect', 'connect_error']) this.socket.on(event, () => this.check());
  }

  async join(more: Partial<JoinRequest> = {}): Promise<JoinReply> {
    await this.until(() => this.socket.connected);
    const have = this.have();
    return this.socket.emitWithAck(EVENTS.join, {
      v: PROTOCOL_VERSION,
      scene: this.scene,
      ...(have ? { have } : {}),
      ...more,
    });
  }

  /** Resolves when it is so; looked at after everything that comes from the server. */
  until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ met, resolve }));
  }

  close(): void {
    this.socket.disconnect();
  }

  private check(): void {
    for (const waiting of [...this.waiting]) {
      if (!waiting.met()) continue;
      this.waiting.splice(this.waiting.indexOf(waiting), 1);
      waiting.resolve();
    }
  }
}
