import { Global, Module } from '@nestjs/common';
import { DecodersRepository } from './decoders.repository.js';
import { RecentMessagesRepository } from './recent.repository.js';
import { RedisWatch } from './redis-watch.js';
import { StateRepository } from './state.repository.js';

/** What is so now, and what was: in Redis, through one door. */
@Global()
@Module({
  providers: [StateRepository, RecentMessagesRepository, DecodersRepository, RedisWatch],
  exports: [StateRepository, RecentMessagesRepository, DecodersRepository],
})
export class StateModule {}
