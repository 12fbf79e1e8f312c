import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { filter, type Subscription } from 'rxjs';
import { Config } from '../config/config.js';
import { RedisHealth } from '../infra/redis-health.js';
import { FIRST_USER, SessionsService } from './sessions.service.js';

/** Makes the account `admin` at the first start, as soon as Redis takes it, and prints a made-up password once. */
@Injectable()
export class FirstAccount implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(FirstAccount.name);
  private waiting: Subscription | undefined;

  constructor(
    private readonly sessions: SessionsService,
    private readonly config: Config,
    private readonly health: RedisHealth,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.hasRole('api') || (await this.make())) return;
    this.waiting = this.health.changes$.pipe(filter(({ state }) => state === 'up')).subscribe(async () => {
      if (await this.make()) this.waiting?.unsubscribe();
    });
  }

  onApplicationShutdown(): void {
    this.waiting?.unsubscribe();
  }

  /** False when Redis did not take it; then it is tried again when Redis is back. */
  private async make(): Promise<boolean> {
    try {
      const password = await this.sessions.ensureFirstAccount(this.config.adminPassword ?? undefined);
      // To stdout and not to the log: logs are kept and shipped, this is shown once.
      if (password !== null) {
        process.stdout.write(
          `CityWall first start: log in as ${FIRST_USER} with password ${password} (not shown again)\n`,
        );
      }
      return true;
    } catch (error) {
      this.logger.warn(`the first account waits for Redis: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }
}
