import { Module } from '@nestjs/common';
import { ReadingsModule } from '../readings/readings.module.js';
import { BrokersService } from './brokers.service.js';
import { FeedsService } from './feeds.service.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';

/** Brokers → messages, in the role `ingest`. */
@Module({ imports: [ReadingsModule], providers: [BrokersService, FeedsService, SubscriptionsRepository] })
export class FeedsModule {}
