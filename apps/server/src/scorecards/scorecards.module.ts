import { Module } from '@nestjs/common';
import { PacksService } from '../packs/index.js';
import { StateRepository } from '../state/index.js';
import { ScoreKeeper } from './score-keeper.service.js';
import { ScorecardsController } from './scorecards.controller.js';
import { ScorecardsRepository } from './scorecards.repository.js';
import { ScorecardsService } from './scorecards.service.js';

/** Keeping the score, beside the ingest. */
@Module({ providers: [ScorecardsRepository, ScoreKeeper], exports: [ScoreKeeper] })
export class ScoreKeepingModule {}

/** Reading it, in the role `api`. */
@Module({
  controllers: [ScorecardsController],
  providers: [
    ScorecardsRepository,
    {
      provide: ScorecardsService,
      useFactory: (packs: PacksService, state: StateRepository, scores: ScorecardsRepository) =>
        new ScorecardsService(packs, state, scores),
      inject: [PacksService, StateRepository, ScorecardsRepository],
    },
  ],
})
export class ScorecardsModule {}
