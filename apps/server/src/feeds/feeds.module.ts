import { Module } from '@nestjs/common';
import { ReadingsModule } from '../readings/readings.module.js';
import { FeedsService } from './feeds.service.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';

/** Brokers → messages, in the role `ingest`. */
@Module({ imports: [ReadingsModule], providers: [FeedsService, SubscriptionsRepository] })
export class FeedsModule {}
