import type { Subscription } from 'rxjs';
import type { RedisCondition, RedisHealth } from '../infra/redis-health.js';
import type { NoticesService } from '../notices/notices.service.js';

const TEXTS = {
  gone: { zh: '状态库（Redis）连接中断，画面为断开前的数据', en: 'No connection to Redis: the picture is from before' },
  refusing: { zh: '状态库（Redis）拒绝写入，数据停在此刻', en: 'Redis refuses writes: nothing new is stored' },
} as const;

/** Says on every screen when Redis is gone or refuses: in memory, so it works exactly then. */
export class RedisNotice {
  private subscription: Subscription | undefined;

  constructor(
    private readonly health: Pick<RedisHealth, 'changes$'>,
    private readonly notices: Pick<NoticesService, 'raise' | 'clear'>,
  ) {}

  start(): void {
    this.subscription = this.health.changes$.subscribe((condition) => this.say(condition));
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  private say({ state, detail }: RedisCondition): void {
    if (state !== 'gone') this.notices.clear('redis-gone');
    if (state !== 'refusing') this.notices.clear('redis-refuses');
    if (state === 'up') return;
    const text = TEXTS[state];
    const more = detail ? { zh: `${text.zh}（${detail}）`, en: `${text.en} (${detail})` } : text;
    this.notices.raise(state === 'gone' ? 'redis-gone' : 'redis-refuses', { text: more });
  }
}
