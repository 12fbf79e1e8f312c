import { Module } from '@nestjs/common';
import { ReadingsService } from './readings.service.js';

/** Message → reading → state, in the role `ingest`. */
@Module({ providers: [ReadingsService], exports: [ReadingsService] })
export class ReadingsModule {}
