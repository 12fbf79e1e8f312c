import { Module } from '@nestjs/common';
import { ScoreKeepingModule } from '../scorecards/scorecards.module.js';
import { ReadingsService } from './readings.service.js';

/** Message → reading → state, in the role `ingest`. */
@Module({ imports: [ScoreKeepingModule], providers: [ReadingsService], exports: [ReadingsService] })
export class ReadingsModule {}
