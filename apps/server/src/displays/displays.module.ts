import { hostname } from 'node:os';
import { Module } from '@nestjs/common';
import { Displays } from '../frames/displays.js';
import { FramesModule } from '../frames/frames.module.js';
import { DisplayKeeper } from './display-keeper.service.js';
import { DisplaysController } from './displays.controller.js';
import { DisplaysRepository } from './displays.repository.js';
import { DisplaysService } from './displays.service.js';
import { PairedDisplaysController, PairingController } from './pairing.controller.js';

/** Keeping what the screens report, beside the frames (role push). */
@Module({
  imports: [FramesModule],
  providers: [
    DisplaysRepository,
    {
      provide: DisplayKeeper,
      useFactory: (displays: Displays, store: DisplaysRepository) =>
        new DisplayKeeper(`${hostname()}/${process.pid}`, displays, store),
      inject: [Displays, DisplaysRepository],
    },
  ],
})
export class DisplayKeepingModule {}

/** Reading it, in the role `api`. */
@Module({
  controllers: [PairedDisplaysController, PairingController, DisplaysController],
  providers: [
    DisplaysRepository,
    {
      provide: DisplaysService,
      useFactory: (store: DisplaysRepository) => new DisplaysService(store),
      inject: [DisplaysRepository],
    },
  ],
})
export class DisplaysModule {}
