import type { Occurrence } from '@citywall/model';
import { Config } from '../../../apps/server/src/config/index.js';
import { RedisConnection } from '../../../apps/server/src/infra/redis.connection.js';
import { RedisHealth } from '../../../apps/server/src/infra/redis-health.js';
import { StateRepository } from '../../../apps/server/src/state/state.repository.js';
import type { BatchReading, StateBatch } from '../../../apps/server/src/state/state.types.js';
import { type Service, startRedis } from '../../support/services.js';

/** A state repository over a Redis of its own. */
export interface OpenState {
  service: Service;
  redis: RedisConnection;
  health: RedisHealth;
  state: StateRepository;
  close(): Promise<void>;
}

export async function openState(options: Parameters<typeof startRedis>[0] = {}): Promise<OpenState> {
  const service = await startRedis(options);
  const health = new RedisHealth();
  const config = new Config({ CITYWALL_REDIS_URL: service.url, CITYWALL_ROLES: 'api', CITYWALL_LOG_LEVEL: 'silent' });
  const redis = new RedisConnection(config, health);
  const state = new StateRepository(redis, health);
  await redis.onModuleInit();
  return {
    service,
    redis,
    health,
    state,
    async close() {
      redis.onApplicationShutdown();
      await service.stop();
    },
  };
}

let number = 0;

export function batch(parts: Partial<StateBatch> = {}): StateBatch {
  number += 1;
  return {
    now: Date.now(),
    writer: 'w1',
    run: '0123456789abcdef',
    number,
    readings: [],
    occurrences: [],
    rejections: [],
    feeds: [],
    deliveries: [],
    ...parts,
  };
}

export function reading(parts: Partial<BatchReading> = {}): BatchReading {
  const at = parts.at ?? Date.now();
  return {
    typeKey: 'reservoir/longtan',
    metric: 'level',
    value: 462.44,
    at,
    receivedAt: at,
    quality: 'good',
    origin: 'live',
    flags: [],
    feed: 'realtime',
    declared: false,
    maxAssets: 100_000,
    history: 'day',
    journal: true,
    ...parts,
  };
}

export function occurrence(parts: Partial<Occurrence> = {}): Occurrence {
  const at = parts.at ?? Date.now();
  return {
    id: 'case-1',
    system: 'urban',
    type: 'case',
    at,
    receivedAt: at,
    status: '受理',
    fields: {},
    origin: 'live',
    ...parts,
  };
}
