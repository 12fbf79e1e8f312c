import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AlarmList } from '../alarms/alarm-list.js';
import { AlarmsModule } from '../alarms/alarms.module.js';
import type { Config } from '../config/config.js';
import { NoticesService } from '../notices/notices.service.js';
import { PacksService } from '../packs/index.js';
import { StateRepository } from '../state/index.js';
import { AssetsService } from './assets.service.js';
import { CityController } from './city.controller.js';
import { HouseService } from './house.service.js';
import { ImagesController } from './images.controller.js';
import { JournalsService } from './journals.service.js';
import { ProblemFilter } from './problem.filter.js';
import { SystemsService } from './systems.service.js';

/** The HTTP interface `/api/v1`. */
@Module({})
export class ApiModule {}

/** Its endpoints only in the role `api`; the filter of errors in every process that listens. */
export function apiModule(config: Config): DynamicModule {
  const filter = { provide: APP_FILTER, useClass: ProblemFilter };
  if (!config.hasRole('api')) return { module: ApiModule, providers: [filter] };
  return {
    module: ApiModule,
    imports: [AlarmsModule],
    controllers: [CityController, ImagesController],
    providers: [
      filter,
      {
        provide: SystemsService,
        useFactory: (packs: PacksService, state: StateRepository) => new SystemsService(packs, state),
        inject: [PacksService, StateRepository],
      },
      {
        provide: AssetsService,
        useFactory: (packs: PacksService, state: StateRepository) => new AssetsService(packs, state),
        inject: [PacksService, StateRepository],
      },
      {
        provide: JournalsService,
        useFactory: (packs: PacksService, state: StateRepository) => new JournalsService(packs, state),
        inject: [PacksService, StateRepository],
      },
      {
        provide: HouseService,
        useFactory: (
          packs: PacksService,
          state: StateRepository,
          systems: SystemsService,
          notices: NoticesService,
          alarms: AlarmList,
        ) => new HouseService(packs, state, systems, notices, alarms),
        inject: [PacksService, StateRepository, SystemsService, NoticesService, AlarmList],
      },
    ],
  };
}
