import { type DynamicModule, Module } from '@nestjs/common';
import { apiModule } from './api/api.module.js';
import { AuthModule } from './auth/auth.module.js';
import { Config } from './config/index.js';
import { infraModule } from './infra/infra.module.js';
import { NoticesModule } from './notices/notices.module.js';
import { OpsModule } from './ops/ops.module.js';
import { PacksModule } from './packs/index.js';
import { StateModule } from './state/state.module.js';

/** Root of the server. */
@Module({})
export class AppModule {}

/** The stages in the order of the flow (docs/architecture.md): feed → message → reading → state → frame → panel. */
export function appModule(config: Config): DynamicModule {
  return {
    module: AppModule,
    imports: [infraModule(config), NoticesModule, PacksModule, StateModule, AuthModule, apiModule(config), OpsModule],
  };
}
