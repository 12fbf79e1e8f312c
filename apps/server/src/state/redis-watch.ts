import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { type RedisCondition, RedisHealth } from '../infra/redis-health.js';
import { NoticesService } from '../notices/notices.service.js';

/** Says on every screen when Redis is gone or refuses, and that it is over. */
@Injectable()
export class RedisWatch implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(RedisWatch.name);
  private subscription: Subscription | undefined;

  constructor(
    private readonly health: RedisHealth,
    private readonly notices: NoticesService,
  ) {}

  onModuleInit(): void {
    this.subscription = this.health.changes$.subscribe((condition) => this.tell(condition));
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  private tell({ state, detail, since }: RedisCondition): void {
    if (state !== 'gone') this.notices.clear('redis-gone');
    if (state !== 'refusing') this.notices.clear('redis-refuses');
    if (state === 'gone') {
      this.logger.error(`Redis is gone: ${detail}`);
      this.notices.raise(
        'redis-gone',
        {
          text: {
            zh: `状态库 Redis 失联（${detail}）：不确认任何消息，恢复后自动继续`,
            en: `Redis is gone (${detail}): no message is acknowledged, everything goes on by itself when it is back`,
          },
        },
        since,
      );
    }
    if (state === 'refusing') {
      this.logger.error(`Redis refuses writes: ${detail}`);
      this.notices.raise(
        'redis-refuses',
        {
          text: {
            zh: `状态库 Redis 拒绝写入（${detail}）：不确认任何消息，恢复后自动继续`,
            en: `Redis refuses writes (${detail}): no message is acknowledged, everything goes on by itself`,
          },
        },
        since,
      );
    }
  }
}
