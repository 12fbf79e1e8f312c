import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Problem } from '../api/problem.js';
import { DisplayAccess } from '../auth/access.js';
import { May } from '../auth/guards.js';
import { permits } from '../auth/policy.js';
import { Config } from '../config/config.js';
import { NoticesService } from '../notices/notices.service.js';
import { lastBackupAt } from './last-backup.js';
import { Meters } from './meters.js';
import { type Readiness, ReadinessService } from './readiness.service.js';

/** What a supervisor, a load balancer and Prometheus ask for. */
@Controller()
@May('service.health')
export class OpsController {
  constructor(
    private readonly readiness: ReadinessService,
    private readonly meters: Meters,
    private readonly notices: NoticesService,
    private readonly access: DisplayAccess,
    private readonly config: Config,
  ) {}

  /** The process lives and its event loop turns; says nothing about Redis or brokers. */
  @Get('healthz')
  @Header('cache-control', 'no-store')
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const readiness = await this.readiness.check();
    response.status(readiness.ready ? 200 : 503);
    return readiness;
  }

  /** For this machine without log-in (a scraper beside us), from elsewhere with a session's bearer token. */
  @Get('metrics')
  @May('service.metrics')
  @Header('cache-control', 'no-store')
  async metrics(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (!this.access.isLocal(request)) {
      const verdict = await this.access.check(request);
      if (!verdict.ok) throw new Problem(verdict.reason, verdict.detail);
      if (!permits('wall.read', verdict.session)) throw new Problem('forbidden', 'metrics are for staff');
    }
    this.meters.notices.reset();
    for (const { reason } of this.notices.all()) this.meters.notices.inc({ reason });
    this.meters.lastBackup.set(await lastBackupAt(this.config.dataDir));
    const text = await this.meters.text();
    response.type(this.meters.registry.contentType).send(text);
  }
}
