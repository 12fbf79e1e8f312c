import { Module } from '@nestjs/common';
import { JournalsService } from '../api/journals.service.js';
import { Config } from '../config/index.js';
import { NoticesService } from '../notices/notices.service.js';
import { PacksService } from '../packs/index.js';
import { RecentMessagesRepository, StateRepository } from '../state/index.js';
import { FeedListService } from './feed-list.service.js';
import { InspectorController } from './inspector.controller.js';
import { QuarantineService } from './quarantine.service.js';
import { RerunService } from './rerun.service.js';
import { SiteFeedsRepository } from './site-feeds.repository.js';
import { SiteFeedsService } from './site-feeds.service.js';
import { TrialService } from './trial.service.js';

/** Quarantine and feed inspector, in the role `api`. */
@Module({
  controllers: [InspectorController],
  providers: [
    { provide: SiteFeedsRepository, useFactory: (config: Config) => new SiteFeedsRepository(config), inject: [Config] },
    {
      provide: QuarantineService,
      useFactory: (packs: PacksService, state: StateRepository) =>
        new QuarantineService(packs, new JournalsService(packs, state), state),
      inject: [PacksService, StateRepository],
    },
    {
      provide: RerunService,
      useFactory: (packs: PacksService, state: StateRepository) => new RerunService(packs, state),
      inject: [PacksService, StateRepository],
    },
    {
      provide: FeedListService,
      useFactory: (
        packs: PacksService,
        state: StateRepository,
        recent: RecentMessagesRepository,
        notices: NoticesService,
      ) => new FeedListService(packs, state, recent, notices),
      inject: [PacksService, StateRepository, RecentMessagesRepository, NoticesService],
    },
    {
      provide: TrialService,
      useFactory: (
        packs: PacksService,
        state: StateRepository,
        recent: RecentMessagesRepository,
        texts: SiteFeedsRepository,
      ) => new TrialService(packs, state, recent, texts),
      inject: [PacksService, StateRepository, RecentMessagesRepository, SiteFeedsRepository],
    },
    {
      provide: SiteFeedsService,
      useFactory: (packs: PacksService, texts: SiteFeedsRepository) => new SiteFeedsService(packs, texts),
      inject: [PacksService, SiteFeedsRepository],
    },
  ],
})
export class InspectorModule {}
