import { join } from 'node:path';
import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Config } from '../../config/index.js';
import { PacksService } from '../../packs/index.js';
import { ClipsRepository } from './clips.repository.js';
import { PicturesController } from './pictures.controller.js';
import { PicturesService } from './pictures.service.js';

/** Makes missing clips once the process is up. */
@Injectable()
class PicturesRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(PicturesService) private readonly pictures: PicturesService,
    @Inject(Config) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.hasRole('simulate')) void this.pictures.prepare();
  }

  onApplicationShutdown(): void {
    this.pictures.stop();
  }
}

@Module({})
export class PicturesModule {}

/**
 * Pictures of simulated cameras, in a demonstration: made by the role `simulate`, served by whoever listens; the two meet in
 * the data directory.
 */
export function picturesModule(config: Config): DynamicModule {
  if (!config.demo) return { module: PicturesModule };
  return {
    module: PicturesModule,
    controllers: config.listens ? [PicturesController] : [],
    providers: [
      {
        provide: PicturesService,
        useFactory: (packs: PacksService) =>
          new PicturesService(packs, new ClipsRepository(join(config.dataDir, 'video'), config.clipsDir)),
        inject: [PacksService],
      },
      PicturesRunner,
    ],
  };
}
