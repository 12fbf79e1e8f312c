import { Module } from '@nestjs/common';
import { AlarmList } from '../alarms/alarm-list.js';
import { AlarmsModule } from '../alarms/alarms.module.js';
import { NoticesService } from '../notices/notices.service.js';
import { PacksService } from '../packs/index.js';
import { StateRepository } from '../state/index.js';
import { HandoverDraft } from './draft.service.js';
import { HandoverController } from './handover.controller.js';
import { HandoverRepository } from './handover.repository.js';
import { HandoverService } from './handover.service.js';

/** Shift handover, in the role `api`. */
@Module({
  imports: [AlarmsModule],
  controllers: [HandoverController],
  providers: [
    HandoverRepository,
    {
      provide: HandoverService,
      useFactory: (
        packs: PacksService,
        list: AlarmList,
        notices: NoticesService,
        state: StateRepository,
        store: HandoverRepository,
      ) => new HandoverService(new HandoverDraft(packs, list, notices, state, store), store),
      inject: [PacksService, AlarmList, NoticesService, StateRepository, HandoverRepository],
    },
  ],
})
export class HandoverModule {}
