import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { systemsOf } from '../api/catalogue.js';
import { AuditService } from '../audit/audit.service.js';
import { Config } from '../config/index.js';
import { RedisConnection } from '../infra/redis.connection.js';
import { NoticesService } from '../notices/notices.service.js';
import { PacksService } from '../packs/index.js';
import { StateRepository } from '../state/index.js';
import { AlarmBoard } from './alarm-board.service.js';
import { AlarmCommands } from './alarm-commands.js';
import { AlarmDesk } from './alarm-desk.service.js';
import { AlarmEngine } from './alarm-engine.service.js';
import { AlarmHistory } from './alarm-history.repository.js';
import { AlarmHistoryService } from './alarm-history.service.js';
import { AlarmList } from './alarm-list.js';
import { AlarmSummary } from './alarm-summary.service.js';
import { AlarmsController } from './alarms.controller.js';
import { AlarmsRepository } from './alarms.repository.js';
import { Annunciation } from './annunciation.service.js';
import { DeskGateway } from './desk.gateway.js';
import { FloodRepository } from './flood.repository.js';
import { FloodKeeper } from './flood-keeper.service.js';

/** Standing alarms, for every process that shows them. */
@Module({
  providers: [
    AlarmList,
    AlarmsRepository,
    {
      provide: AlarmBoard,
      useFactory: (list: AlarmList, repository: AlarmsRepository, packs: PacksService, commands: AlarmCommands) =>
        new AlarmBoard(list, repository, packs, (system, settled) => commands.settle(system, settled)),
      inject: [AlarmList, AlarmsRepository, PacksService, AlarmCommands],
    },
    {
      provide: AlarmCommands,
      useFactory: (repository: AlarmsRepository) => new AlarmCommands(repository),
      inject: [AlarmsRepository],
    },
    FloodRepository,
    {
      provide: Annunciation,
      useFactory: (list: AlarmList, repository: FloodRepository, packs: PacksService) =>
        new Annunciation(list, repository, () => systemsOf(packs).map(({ id }) => id)),
      inject: [AlarmList, FloodRepository, PacksService],
    },
  ],
  exports: [AlarmList, AlarmsRepository, AlarmCommands, Annunciation, FloodRepository],
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

/** Asking for them and handling them, in the role `api`. */
@Module({
  imports: [AlarmsModule],
  controllers: [AlarmsController],
  providers: [
    DeskGateway,
    {
      provide: FloodKeeper,
      useFactory: (
        annunciation: Annunciation,
        repository: FloodRepository,
        audit: AuditService,
        desks: DeskGateway,
        config: Config,
      ) => new FloodKeeper(annunciation, repository, audit, () => desks.seated(), config.seats),
      inject: [Annunciation, FloodRepository, AuditService, DeskGateway, Config],
    },
    {
      provide: AlarmSummary,
      useFactory: (packs: PacksService, list: AlarmList, annunciation: Annunciation) =>
        new AlarmSummary(packs, list, annunciation),
      inject: [PacksService, AlarmList, Annunciation],
    },
    {
      provide: AlarmDesk,
      useFactory: (
        packs: PacksService,
        list: AlarmList,
        commands: AlarmCommands,
        past: AlarmHistoryService,
        kept: AlarmsRepository,
      ) => new AlarmDesk(packs, list, commands, past, kept),
      inject: [PacksService, AlarmList, AlarmCommands, AlarmHistoryService, AlarmsRepository],
    },
    {
      provide: AlarmHistoryService,
      useFactory: (packs: PacksService, redis: RedisConnection, config: Config) =>
        new AlarmHistoryService(packs, new AlarmHistory(redis, join(config.dataDir, 'archive'))),
      inject: [PacksService, RedisConnection, Config],
    },
  ],
})
export class AlarmDeskModule {}
