import { existsSync, type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { NOTIFICATIONS_FILE, showProblem } from '@citywall/pack-schema';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../config/index.js';
import { NoticesService, noticeId } from '../notices/notices.service.js';
import { type Notifications, notificationsDir } from './target.types.js';
import type { NotificationsRead } from './targets.js';

/** ms of quiet after a change before the file is read: editors write several times */
const SETTLE_MS = 200;
/** ms between looks at the file, its secrets and certificates: they may lie anywhere, and be renewed */
const LOOK_EVERY_MS = 10_000;

/**
 * What `notifications.yaml` says now. The file, the secrets and the certificates it names are followed; what can't be used keeps
 * the last good one and is the notice `pack-refused`.
 */
@Injectable()
export class NotificationsFileService {
  private readonly logger = new Logger('Notifications');
  private readonly dir: string;
  private good: Notifications | null = null;
  private print = '';
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private settling: NodeJS.Timeout | undefined;
  private refused: readonly string[] = [];

  constructor(
    config: Config,
    private readonly notices: NoticesService,
  ) {
    this.dir = notificationsDir(config);
  }

  /** null: there is no file, nobody is told */
  get now(): Notifications | null {
    return this.good;
  }

  /** What is wrong with the file as it lies there, each with file:line:col; the one in use is an earlier one then. */
  get problems(): readonly string[] {
    return this.refused;
  }

  async onModuleInit(): Promise<void> {
    await this.load();
    try {
      this.watcher = watch(this.dir, { persistent: false }, (_event, name) => {
        if (name === null || name === NOTIFICATIONS_FILE) this.settle();
      });
      this.watcher.on('error', () => this.watcher?.close());
    } catch {
      // Not there or not watchable: the look at it is the promise, the watcher only makes it quick.
    }
    this.timer = setInterval(() => void this.load(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    this.watcher?.close();
    clearInterval(this.timer);
    clearTimeout(this.settling);
  }

  private settle(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.load(), SETTLE_MS);
  }

  private async read(): Promise<NotificationsRead> {
    if (!existsSync(join(this.dir, NOTIFICATIONS_FILE))) return { notifications: null, problems: [] };
    // most have no such file, and then no use for what reads YAML
    const { readNotifications } = await import('./targets.js');
    return readNotifications(this.dir);
  }

  private async load(): Promise<void> {
    const { notifications, problems } = await this.read();
    if (problems.length > 0) {
      const told = problems.map(showProblem);
      if (told.join('\n') !== this.refused.join('\n')) this.refuse(told);
      this.refused = told;
      return;
    }
    if (this.refused.length > 0) this.notices.clear(noticeId('pack-refused', NOTIFICATIONS_FILE));
    this.refused = [];
    const print =
      notifications === null ? '' : JSON.stringify({ ...notifications, targets: [...notifications.targets] });
    if (print === this.print) return;
    this.print = print;
    this.good = notifications;
    const names = notifications === null ? [] : [...notifications.targets.keys()];
    this.logger.log(names.length > 0 ? `Alarms are told to ${names.join(', ')}` : 'Alarms are told to nobody outside');
  }

  private refuse(problems: string[]): void {
    for (const problem of problems) this.logger.error(problem);
    const more = problems.length - 1;
    const runs = this.good !== null;
    this.notices.raise('pack-refused', {
      subject: NOTIFICATIONS_FILE,
      text: {
        zh: `告警通知配置有错，${runs ? '沿用上一个可用版本' : '暂不向外发送'}：${problems[0]}${more > 0 ? `（另有 ${more} 处）` : ''}`,
        en: `notifications.yaml is refused, ${runs ? 'the last good one is used on' : 'nobody outside is told'}: ${problems[0]}${more > 0 ? ` (and ${more} more)` : ''}`,
      },
    });
  }
}
