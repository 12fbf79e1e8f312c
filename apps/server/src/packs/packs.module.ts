import { Global, Inject, Injectable, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/index.js';
import { NoticesService } from '../notices/notices.service.js';
import { packCompiler } from './compile.js';
import { DECODERS } from './decoders.js';
import { ImagesRepository } from './images.repository.js';
import { PacksRepository } from './packs.repository.js';
import { PacksService } from './packs.service.js';

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

/** Packs for every stage: they are read before anything that asks for them exists. */
@Global()
@Module({
  providers: [
    { provide: ImagesRepository, useFactory: (config: Config) => new ImagesRepository(config), inject: [Config] },
    { provide: PacksRepository, useFactory: (config: Config) => new PacksRepository(config), inject: [Config] },
    {
      provide: PacksService,
      useFactory: async (config: Config, repository: PacksRepository, notices: NoticesService) => {
        const packs = new PacksService(repository, notices, packCompiler(), {
          decoders: DECODERS,
          // who serves the pictures of simulated cameras needs to know which there are
          without: config.hasRole('simulate') || (config.demo && config.listens) ? ['cases'] : ['cases', 'simulator'],
        });
        await packs.load();
        return packs;
      },
      inject: [Config, PacksRepository, NoticesService],
    },
    PacksFollower,
  ],
  exports: [PacksService, ImagesRepository],
})
export class PacksModule {}
