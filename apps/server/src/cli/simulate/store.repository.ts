import { Redis } from 'ioredis';
import { redisOptions } from '../../infra/redis.connection.js';
import { ControlRepository } from '../../simulate/control.repository.js';
import type { ControlStore } from '../../simulate/control.types.js';

/** The simulator's state in the Redis of an installation, for a command that runs and ends. */
export function openControlStore(url: string): ControlStore & { close(): Promise<void> } {
  const redis = new Redis({
    ...redisOptions(url),
    replyMapping: 'legacy',
    connectTimeout: 3_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
  });
  redis.on('error', () => {
    // the command that fails says it
  });
  const store = new ControlRepository({ commands: redis, subscriber: redis });
  return Object.assign(store, { close: async () => redis.disconnect() });
}
