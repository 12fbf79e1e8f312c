import { Module } from '@nestjs/common';
import { PacksService } from '../packs/index.js';
import { AlarmBoard } from './alarm-board.service.js';
import { AlarmList } from './alarm-list.js';
import { AlarmsRepository } from './alarms.repository.js';

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
