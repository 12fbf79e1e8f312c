import {
  type DynamicModule,
  Inject,
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Config } from '../config/index.js';
import { RedisConnection } from '../infra/redis.connection.js';
import { PacksService } from '../packs/index.js';
import { ControlRepository } from './control.repository.js';
import { MemoryControlStore } from './memory-store.js';
import { SimulateGateway } from './simulate.gateway.js';
import { SimulateService } from './simulate.service.js';

/** Starts the simulator with the application and stops it first. */
@Injectable()
class SimulateRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(SimulateService) private readonly simulate: SimulateService) {}

  onApplicationBootstrap(): void {
    this.simulate.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.simulate.stop();
  }
}

@Module({})
export class SimulateModule {}

/** The role `simulate`; empty where the process does not have it or no demonstration is wanted. Needs Config and PacksService. */
export function simulateModule(config: Config): DynamicModule {
  if (!config.demo || !config.hasRole('simulate')) return { module: SimulateModule };
  return {
    module: SimulateModule,
    providers: [
      {
        provide: SimulateService,
        useFactory: (packs: PacksService, redis: RedisConnection) => {
          const log = new Logger('Simulate');
          // its own name a process: two simulators must not push each other off the broker
          const clientId = `citywall-simulate-${process.pid}`;
          const gateway = new SimulateGateway(config.mqttUrl, clientId, (text) => log.warn(text));
          // without Redis nobody can command it; it simulates all the same
          const store = config.redisUrl ? new ControlRepository(redis) : new MemoryControlStore();
          return new SimulateService(packs, gateway, {}, store);
        },
        inject: [PacksService, RedisConnection],
      },
      SimulateRunner,
    ],
    exports: [SimulateService],
  };
}
