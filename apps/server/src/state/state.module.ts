import { Global, Module } from '@nestjs/common';
import { RecentMessagesRepository } from './recent.repository.js';
import { RedisWatch } from './redis-watch.js';
import { StateRepository } from './state.repository.js';

/** What is so now, and what was: in Redis, through one door. */
@Global()
@Module({
  providers: [StateRepository, RecentMessagesRepository, RedisWatch],
  exports: [StateRepository, RecentMessagesRepository],
})
export class StateModule {}
