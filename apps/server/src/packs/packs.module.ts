import {
  type DynamicModule,
  Global,
  Inject,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Config } from '../config/index.js';
import { NoticesService } from '../notices/notices.service.js';
import { packCompiler } from './compile.js';
import { ImagesRepository } from './images.repository.js';
import { PacksRepository } from './packs.repository.js';
import { PacksService } from './packs.service.js';
import type { PackReader } from './reading.js';

/** Follows the files of the packs as long as the application runs. */
@Injectable()
class PacksFollower implements OnModuleInit, OnApplicationShutdown {
  constructor(@Inject(PacksService) private readonly packs: PacksService) {}

  onModuleInit(): void {
    this.packs.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.packs.stop();
  }
}

@Global()
@Module({})
export class PacksModule {}

/** Packs for every stage: they are read before anything that asks for them exists. */
export function packsModule(read: PackReader): DynamicModule {
  return {
    module: PacksModule,
    providers: [
      { provide: ImagesRepository, useFactory: (config: Config) => new ImagesRepository(config), inject: [Config] },
      { provide: PacksRepository, useFactory: (config: Config) => new PacksRepository(config), inject: [Config] },
      {
        provide: PacksService,
        useFactory: async (repository: PacksRepository, notices: NoticesService) => {
          const packs = new PacksService(read, repository, notices, packCompiler());
          await packs.load();
          return packs;
        },
        inject: [PacksRepository, NoticesService],
      },
      PacksFollower,
    ],
    exports: [PacksService, ImagesRepository],
  };
}
