import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from './config/index.js';
import { infraModule } from './infra/infra.module.js';
import { StateModule } from './state/state.module.js';

/** Root of the server. */
@Module({})
export class AppModule {}

/** The stages in the order of the flow (docs/architecture.md): feed → message → reading → state → frame → panel. */
export function appModule(config: Config): DynamicModule {
  return {
    module: AppModule,
    imports: [infraModule(config), StateModule],
  };
}
