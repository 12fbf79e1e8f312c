import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../config/index.js';
import { PacksService } from '../packs/index.js';
import { ControlRepository } from './control.repository.js';
import { SimulatorControl } from './control.service.js';
import { SimulatorController } from './simulator.controller.js';
import { SimulatorService } from './simulator.service.js';

/** Commands to the simulator, in the role `api`. Where there is no demonstration they say so. */
@Module({})
export class SimulatorControlModule {}

export function simulatorControlModule(config: Config): DynamicModule {
  return {
    module: SimulatorControlModule,
    controllers: [SimulatorController],
    providers: [
      ControlRepository,
      {
        provide: SimulatorService,
        useFactory: (packs: PacksService, store: ControlRepository) => {
          const control = new SimulatorControl(store, () => packs.all().flatMap((pack) => pack.scenarios));
          return new SimulatorService(packs, store, control, config.demo);
        },
        inject: [PacksService, ControlRepository],
      },
    ],
  };
}
