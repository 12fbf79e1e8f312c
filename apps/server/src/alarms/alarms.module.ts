import { Module } from '@nestjs/common';
import { NoticesService } from '../notices/notices.service.js';
import { PacksService } from '../packs/index.js';
import { StateRepository } from '../state/index.js';
import { AlarmBoard } from './alarm-board.service.js';
import { AlarmDesk } from './alarm-desk.service.js';
import { AlarmEngine } from './alarm-engine.service.js';
import { AlarmList } from './alarm-list.js';
import { AlarmsController } from './alarms.controller.js';
import { AlarmsRepository } from './alarms.repository.js';
import { DeskGateway } from './desk.gateway.js';

/** Standing alarms, for every process that shows them. */
@Module({
  providers: [
    AlarmList,
    AlarmsRepository,
    {
      provide: AlarmBoard,
      useFactory: (list: AlarmList, repository: AlarmsRepository, packs: PacksService) =>
        new AlarmBoard(list, repository, packs),
      inject: [AlarmList, AlarmsRepository, PacksService],
    },
  ],
  exports: [AlarmList, AlarmsRepository],
})
export class AlarmsModule {}

/** Runs the rules, in the role `ingest`. */
@Module({
  imports: [AlarmsModule],
  providers: [
    {
      provide: AlarmEngine,
      useFactory: (packs: PacksService, state: StateRepository, store: AlarmsRepository, notices: NoticesService) =>
        new AlarmEngine(packs, state, store, notices),
      inject: [PacksService, StateRepository, AlarmsRepository, NoticesService],
    },
  ],
})
export class AlarmEngineModule {}

/** Asking for them and acknowledging them, in the role `api`. */
@Module({
  imports: [AlarmsModule],
  controllers: [AlarmsController],
  providers: [
    DeskGateway,
    {
      provide: AlarmDesk,
      useFactory: (packs: PacksService, list: AlarmList, store: AlarmsRepository) => new AlarmDesk(packs, list, store),
      inject: [PacksService, AlarmList, AlarmsRepository],
    },
  ],
})
export class AlarmDeskModule {}
