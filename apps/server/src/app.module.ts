import { type DynamicModule, Module } from '@nestjs/common';
import { AlarmDeskModule, AlarmEngineModule } from './alarms/alarms.module.js';
import { apiModule } from './api/api.module.js';
import { ArchiveModule } from './archive/archive.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { Config } from './config/index.js';
import { DisplayKeepingModule, DisplaysModule } from './displays/displays.module.js';
import { FeedsModule } from './feeds/feeds.module.js';
import { FramesModule } from './frames/frames.module.js';
import { HandoverModule } from './handover/handover.module.js';
import { infraModule } from './infra/infra.module.js';
import { InspectorModule } from './inspector/inspector.module.js';
import { NoticesModule } from './notices/notices.module.js';
import { NotificationsDeskModule, NotificationsSendingModule } from './notifications/notifications.module.js';
import { MetersModule } from './ops/meters.module.js';
import { OpsModule } from './ops/ops.module.js';
import { packsModule } from './packs/packs.module.js';
import type { PackReader } from './packs/reading.js';
import { ProvenanceModule } from './provenance/provenance.module.js';
import { ReadingsModule } from './readings/readings.module.js';
import { ScorecardsModule } from './scorecards/scorecards.module.js';
import { simulatorControlModule } from './simulate/control.module.js';
import { simulateModule } from './simulate/simulate.module.js';
import { picturesModule } from './simulate/video/pictures.module.js';
import { StateModule } from './state/state.module.js';

/** Root of the server. */
@Module({})
export class AppModule {}

/**
 * The stages in the order of the flow (docs/architecture.md): feed → message → reading → state → frame → panel. A process
 * has those of its roles; what all need comes first.
 */
export function appModule(config: Config, readPacks: PackReader): DynamicModule {
  const stages: DynamicModule['imports'] = [infraModule(config), MetersModule, NoticesModule, packsModule(readPacks)];
  if (config.hasRole('ingest')) stages.push(FeedsModule, ReadingsModule);
  if (config.redisUrl) stages.push(StateModule);
  if (config.hasRole('ingest') && config.redisUrl) stages.push(AlarmEngineModule, NotificationsSendingModule);
  if (config.hasRole('ingest')) stages.push(ArchiveModule);
  if (config.hasRole('api'))
    stages.push(
      AlarmDeskModule,
      InspectorModule,
      ScorecardsModule,
      DisplaysModule,
      ProvenanceModule,
      NotificationsDeskModule,
      HandoverModule,
    );
  if (config.hasRole('push')) stages.push(FramesModule, DisplayKeepingModule);
  if (config.listens) stages.push(AuthModule, AuditModule, apiModule(config), OpsModule);
  if (config.hasRole('api')) stages.push(simulatorControlModule(config));
  if (config.hasRole('simulate')) stages.push(simulateModule(config));
  if (config.hasRole('simulate') || config.listens) stages.push(picturesModule(config));
  return { module: AppModule, imports: stages };
}
