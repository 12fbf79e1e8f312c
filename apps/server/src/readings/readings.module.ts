import { Module } from '@nestjs/common';
import { ScoreKeepingModule } from '../scorecards/scorecards.module.js';
import { DecoderKeeper } from './decoder-keeper.service.js';
import { ReadingsService } from './readings.service.js';

/** Message → reading → state, in the role `ingest`. */
@Module({
  imports: [ScoreKeepingModule],
  providers: [ReadingsService, DecoderKeeper],
  exports: [ReadingsService, DecoderKeeper],
})
export class ReadingsModule {}
