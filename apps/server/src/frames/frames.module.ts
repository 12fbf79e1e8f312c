import { randomBytes } from 'node:crypto';
import { Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AlarmList } from '../alarms/alarm-list.js';
import { AlarmsModule } from '../alarms/alarms.module.js';
import { Config } from '../config/index.js';
import { NoticesService } from '../notices/notices.service.js';
import { PacksService } from '../packs/packs.service.js';
import { StateRepository } from '../state/state.repository.js';
import { systemClock } from './clock.js';
import { DisplayGateway } from './display.gateway.js';
import { Displays } from './displays.js';
import { FramesService } from './frames.service.js';
import { CityMirror } from './mirror/city-mirror.js';
import { FeedWatch } from './mirror/feed-watch.js';

/** Starts the frames when everything they read from is there; the gateway stops them. */
@Injectable()
class FramesStart implements OnApplicationBootstrap {
  constructor(private readonly frames: FramesService) {}

  onApplicationBootstrap(): void {
    this.frames.start();
  }
}

/** Frames for displays (role push). */
@Module({
  imports: [AlarmsModule],
  providers: [
    {
      provide: FramesService,
      useFactory: (
        config: Config,
        state: StateRepository,
        packs: PacksService,
        notices: NoticesService,
        alarms: AlarmList,
      ) => {
        const log = new Logger('Frames');
        return new FramesService({
          clock: systemClock,
          mirror: new CityMirror(state, packs, systemClock, log),
          feeds: new FeedWatch(state, packs, systemClock),
          packs,
          state,
          notices,
          alarms,
          around: { epoch: randomBytes(6).toString('base64url'), demo: config.demo, demoExternal: config.demoExternal },
          log,
          stopwatch: () => performance.now(),
        });
      },
      inject: [Config, StateRepository, PacksService, NoticesService, AlarmList],
    },
    Displays,
    FramesStart,
    DisplayGateway,
  ],
  exports: [FramesService, Displays],
})
export class FramesModule {}
