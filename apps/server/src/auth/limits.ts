import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Problem } from '../api/problem.js';
import { subjectOf } from '../audit/act.js';
import { AuditService } from '../audit/audit.service.js';
import { DisplayAccess } from './access.js';
import { addressKey, RateLimit } from './rate-limit.js';

const MINUTE = 60_000;
/** A log-in costs a password hash: so many a minute and address. */
export const LOG_INS_A_MINUTE = 10;
/** Codes for displays a minute and address: a wall that is switched on as a whole stands behind one. */
export const CODES_A_MINUTE = 30;
/** and of all addresses together: each is kept for ten minutes. */
export const ALL_CODES_A_MINUTE = 300;
/** Requests under /api/v1 and for pictures of packs a minute and address, from other machines. */
export const REQUESTS_A_MINUTE = 1_200;

/** @throws Problem `rate-limited` */
function take(limit: RateLimit, address: string): true {
  const wait = limit.take(addressKey(address));
  if (wait > 0) throw new Problem('rate-limited', 'too many requests from this address', { retryAfter: wait / 1000 });
  return true;
}

/** Whatever a password or a code may be guessed by. That somebody was stopped is in the audit, within bounds. */
@Injectable()
export class LogInLimit implements CanActivate {
  private readonly limit = new RateLimit(LOG_INS_A_MINUTE, MINUTE);

  constructor(
    private readonly access: DisplayAccess,
    private readonly audit: AuditService,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const address = this.access.address(request);
    try {
      return take(this.limit, address);
    } catch (error) {
      void this.audit.recordRefusal({
        at: Date.now(),
        user: null,
        roles: [],
        address,
        action: 'session.open',
        route: `${request.method} ${request.route?.path ?? request.path}`,
        subject: subjectOf({}, request.body),
        detail: '',
        outcome: 'refused',
        reason: 'rate-limited',
      });
      throw error;
    }
  }
}

@Injectable()
export class AnnounceLimit implements CanActivate {
  private readonly limit = new RateLimit(CODES_A_MINUTE, MINUTE);
  private readonly all = new RateLimit(ALL_CODES_A_MINUTE, MINUTE);

  constructor(private readonly access: DisplayAccess) {}

  canActivate(context: ExecutionContext): boolean {
    take(this.limit, this.access.address(context.switchToHttp().getRequest<Request>()));
    return take(this.all, 'all');
  }
}

/** Paths that are limited; live video and probes are not: a wall of sixteen tiles asks for small files all the time. */
const LIMITED = /^\/(api\/v1|images)(\/|$)/;

/** Requests of an address. Programs on this machine are not limited: they are ours. */
@Injectable()
export class ApiLimit {
  private readonly limit = new RateLimit(REQUESTS_A_MINUTE, MINUTE);

  constructor(private readonly access: DisplayAccess) {}

  /** @throws Problem `rate-limited` */
  check(request: Request): void {
    if (!LIMITED.test(request.path) || this.access.isLocal(request)) return;
    take(this.limit, this.access.address(request));
  }
}
