import { Global, Module } from '@nestjs/common';
import { RedisWatch } from './redis-watch.js';
import { StateRepository } from './state.repository.js';

/** What is so now, and what was: in Redis, through one door. */
@Global()
@Module({ providers: [StateRepository, RedisWatch], exports: [StateRepository] })
export class StateModule {}
