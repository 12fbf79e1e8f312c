import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Config } from '../config/index.js';
import { PinoLogger } from './logger.js';
import { RedisConnection } from './redis.connection.js';
import { RedisHealth } from './redis-health.js';

/** Configuration, log and connections, for everybody. */
@Global()
@Module({})
export class InfraModule {}

export function infraModule(config: Config): DynamicModule {
  const providers = [{ provide: Config, useValue: config }, PinoLogger, RedisHealth, RedisConnection];
  return { module: InfraModule, providers, exports: providers };
}
