import { type BeforeApplicationShutdown, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { NoticesService } from '../notices/notices.service.js';
import { PacksService } from '../packs/index.js';
import { DiskWatch } from './disk.js';
import { Meters } from './meters.js';
import { MetersModule } from './meters.module.js';
import { OpsController } from './ops.controller.js';
import { ReadinessRepository } from './readiness.repository.js';
import { ReadinessService } from './readiness.service.js';

@Module({
  imports: [MetersModule],
  controllers: [OpsController],
  providers: [
    ReadinessRepository,
    {
      provide: ReadinessService,
      useFactory: (probe: ReadinessRepository, notices: NoticesService, packs: PacksService) =>
        new ReadinessService(probe, notices, () => packs.all().filter(({ kind }) => kind === 'system').length),
      inject: [ReadinessRepository, NoticesService, PacksService],
    },
    {
      provide: DiskWatch,
      useFactory: (config: Config, notices: NoticesService, meters: Meters) =>
        new DiskWatch(config.dataDir, notices, meters),
      inject: [Config, NoticesService, Meters],
    },
  ],
})
export class OpsModule implements BeforeApplicationShutdown {
  constructor(
    private readonly readiness: ReadinessService,
    private readonly meters: Meters,
  ) {}

  onModuleInit(): void {
    this.meters.watchProcess();
  }

  beforeApplicationShutdown(): void {
    this.readiness.stop();
  }
}
