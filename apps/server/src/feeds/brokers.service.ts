import { existsSync, type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { BROKERS_FILE, DEFAULT_BROKER, showProblem } from '@citywall/pack-schema';
import { Injectable, Logger } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { Config } from '../config/index.js';
import { NoticesService, noticeId } from '../notices/notices.service.js';
import type { Broker, BrokersRead } from './brokers.js';

/** ms of quiet after a change before the file is read: editors write several times */
const SETTLE_MS = 200;
/** ms between looks at the file, its secrets and certificates: they may lie anywhere, and be renewed */
const LOOK_EVERY_MS = 10_000;

/**
 * The brokers that `brokers.yaml` names now, and the default one. The file, the secrets and the certificates it names are
 * followed; what can't be used keeps the last good brokers and is the notice `pack-refused`.
 */
@Injectable()
export class BrokersService {
  private readonly logger = new Logger(BrokersService.name);
  private readonly changes = new Subject<void>();
  private brokers: ReadonlyMap<string, Broker> = new Map();
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private settling: NodeJS.Timeout | undefined;
  private refused = '';

  /** After every change of any broker. */
  readonly changes$: Observable<void> = this.changes.asObservable();

  constructor(
    private readonly config: Config,
    private readonly notices: NoticesService,
  ) {}

  get(name: string): Broker | undefined {
    return this.brokers.get(name);
  }

  /** Resolves when they were read; follows from now on. */
  async start(): Promise<void> {
    await this.load();
    const { packsDir } = this.config;
    if (packsDir === null) return;
    try {
      this.watcher = watch(packsDir, { persistent: false }, (_event, name) => {
        if (name === null || name === BROKERS_FILE) this.settle();
      });
      this.watcher.on('error', () => this.watcher?.close());
    } catch {
      // Not there or not watchable: the look at it is the promise, the watcher only makes it quick.
    }
    this.timer = setInterval(() => void this.load(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    this.watcher?.close();
    clearInterval(this.timer);
    clearTimeout(this.settling);
  }

  private settle(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.load(), SETTLE_MS);
  }

  private async read(): Promise<BrokersRead> {
    const { packsDir, mqttUrl } = this.config;
    if (packsDir === null || !existsSync(join(packsDir, BROKERS_FILE)))
      return { brokers: new Map([[DEFAULT_BROKER, { url: mqttUrl }]]), problems: [] };
    // most have no such file, and then no use for what reads YAML
    const { readBrokers } = await import('./brokers.js');
    return readBrokers(packsDir, mqttUrl);
  }

  private async load(): Promise<void> {
    const { brokers, problems } = await this.read();
    const [first] = problems;
    if (first !== undefined) {
      const told = problems.map(showProblem).join('\n');
      const lastGoodRuns = this.brokers.size > 0;
      // At the very start there is no last good file: the default broker at least is known.
      if (!lastGoodRuns) this.brokers = brokers;
      if (told !== this.refused) this.refuse(told.split('\n'), lastGoodRuns);
      this.refused = told;
      return;
    }
    if (this.refused !== '') this.notices.clear(noticeId('pack-refused', BROKERS_FILE));
    this.refused = '';
    if (print(brokers) === print(this.brokers)) return;
    this.brokers = brokers;
    this.changes.next();
  }

  private refuse(problems: string[], lastGoodRuns: boolean): void {
    for (const problem of problems) this.logger.error(problem);
    const more = problems.length - 1;
    this.notices.raise('pack-refused', {
      subject: BROKERS_FILE,
      text: {
        zh: `消息代理配置有错，${lastGoodRuns ? '沿用上一个可用版本' : '只连接默认代理'}：${problems[0]}${more > 0 ? `（另有 ${more} 处）` : ''}`,
        en: `brokers.yaml is refused, ${lastGoodRuns ? 'the last good one is used on' : 'only the default broker is connected'}: ${problems[0]}${more > 0 ? ` (and ${more} more)` : ''}`,
      },
    });
  }
}

function print(brokers: ReadonlyMap<string, Broker>): string {
  return JSON.stringify([...brokers].sort(([a], [b]) => (a < b ? -1 : 1)));
}
